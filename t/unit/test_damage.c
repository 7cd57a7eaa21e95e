/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged state files, and paths to which no state file can be written. */
#include "t_common.h"
#include "t_state.h"

#include "apr_strings.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Offsets in a state file. */
enum {
    AT_VERSION = 8,
    AT_SAVED = 64,
    AT_INTERVAL = 72,
    SESSION_SIZE = 128
};

enum {
    MAX_SESSIONS = 4,
    MAX_SERIES = 8
};

static const char *path;
static t_file_t file;
static cctv_views_t new;
static void *untouched;
static size_t sessions_at;
static size_t series_at;

/* The offset of the header of a region's section. */
static size_t section_of(const char *region)
{
    size_t at = sizeof(cctv_state_head_t);

    for (;;) {
        cctv_state_section_t section;

        ck_assert_uint_lt(at + sizeof section, file.len);
        memcpy(&section, file.data + at, sizeof section);
        if (strcmp(section.region, region) == 0) {
            return at;
        }
        at += sizeof section + (size_t)section.record_size * section.count;
    }
}

/* Make a file with 2 views and 3 series, the last of which is an "other". */
static void make_file(bool clean)
{
    cctv_views_t shared = make_shared(MAX_SESSIONS, MAX_SERIES);

    must_start(&shared, 1);
    must_start(&shared, 1);
    cctv_series_add(&shared.series,
                    cctv_series_other(&shared.series, CCTV_SERIES_WATCHED), 9,
                    DAY);
    path = make_path();
    must_save(&shared, path, clean, START);
    file = read_all(path);
    sessions_at = section_of("views") + sizeof(cctv_state_section_t);
    series_at = section_of("series") + sizeof(cctv_state_section_t);
}

static void make_new(void)
{
    new = make_shared(MAX_SESSIONS, MAX_SERIES);
    untouched = apr_pmemdup(pool, segment_of(&new)->head,
                            cctv_segment_size(segment_of(&new)));
}

static cctv_state_status_t read_refused(const t_file_t *in)
{
    cctv_state_report_t report;
    cctv_state_status_t status = read_state(&new, in, START, &report);

    ck_assert_int_ne(status, CCTV_STATE_OK);
    ck_assert(memcmp(segment_of(&new)->head, untouched,
                     cctv_segment_size(segment_of(&new)))
              == 0);
    return status;
}

START_TEST(a_file_that_was_cut_off_anywhere_is_refused)
{
    t_file_t cut;

    make_file(true);
    make_new();
    cut = file;
    while (cut.len > 0) {
        cut.len--;
        /* A separate copy, so that a sanitizer sees a read beyond it. */
        cut.data = apr_pmemdup(pool, file.data, cut.len);
        ck_assert_int_eq(read_refused(&cut), CCTV_STATE_DAMAGED);
    }
}
END_TEST

START_TEST(a_file_with_any_bit_turned_over_is_refused)
{
    size_t bit;

    make_file(_i);
    make_new();
    for (bit = 0; bit < file.len * 8; bit++) {
        bool is_version = bit >= AT_VERSION * 8 && bit < AT_VERSION * 8 + 64;
        char mask = (char)(1 << bit % 8);

        file.data[bit / 8] ^= mask;
        ck_assert_int_eq(read_refused(&file),
                         is_version ? CCTV_STATE_FOREIGN : CCTV_STATE_DAMAGED);
        file.data[bit / 8] ^= mask;
    }
}
END_TEST

START_TEST(a_file_with_something_behind_it_is_refused)
{
    make_file(true);
    make_new();
    memset(file.data + file.len, 0, 1000);
    file.len += 1;
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_DAMAGED);
    file.len += SESSION_SIZE - 1;
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_DAMAGED);
}
END_TEST

static void put64(size_t where, uint64_t value)
{
    memcpy(file.data + where, &value, sizeof value);
}

/* Set record size and record count of a section. */
static void put_section(const char *region, uint32_t size, uint32_t count)
{
    size_t at = section_of(region) + CCTV_REGION_NAME_SIZE;

    memcpy(file.data + at, &size, sizeof size);
    memcpy(file.data + at + sizeof size, &count, sizeof count);
}

/* A damaged file is caught by its checksum; only an intentionally made file
 * can reach this check. */
START_TEST(sections_of_a_wrong_size_are_refused)
{
    static const struct {
        const char *region;
        uint32_t size;
        uint32_t count;
    } cases[] = {
        { "views", 128, 1 },
        { "views", 128, 3 },
        { "views", 128, UINT32_MAX },
        { "views", UINT32_MAX, UINT32_MAX },
        { "views", 0, 2 },
        { "views", 0, 0 },
        { "views", 96, 2 },
        { "views", 64, 4 },
        { "series", 24, 4 },
        { "series", 23, 3 },
        { "series", 8, 9 },
        { "series", CCTV_RECORD_MAX + 1, 1 },
        { "counters", 8, 9 },
    };

    make_file(true);
    make_new();
    put_section(cases[_i].region, cases[_i].size, cases[_i].count);
    correct_checksum(&file);
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_DAMAGED);
}
END_TEST

START_TEST(values_that_nobody_wrote_are_refused)
{
    enum {
        HEAD,
        SESSION,
        SERIES
    };
    static const struct {
        int part;
        size_t where;
        uint64_t value;
    } cases[] = {
        { HEAD, AT_SAVED, UINT64_MAX },
        { HEAD, AT_SAVED, UINT64_C(1) << 63 },
        { HEAD, AT_INTERVAL, UINT64_MAX },
        { HEAD, AT_INTERVAL, UINT64_C(86400000001) },
        /* started; a view whose last heartbeat is before its start */
        { SESSION, 16, UINT64_MAX },
        { SESSION, 16, START + 1 },
        { SESSION, 24, START - 1 },
        { SESSION, 24, UINT64_C(1) << 63 },
        /* camera and country */
        { SESSION, 64, UINT64_C(1) << 32 },
        { SESSION, 64, UINT64_C(1) << 32 | UINT64_C(0x80000000) },
        { SESSION, 64, UINT64_C(1024) << 32 | 1 },
        /* answered, of a view without video from the module */
        { SESSION, 72, UINT64_MAX },
        { SESSION, 72, UINT64_C(1) << 63 },
        /* the id of the Janus session */
        { SESSION, 80, UINT64_C(1) << 53 },
        { SESSION, 80, UINT64_C(1) << 62 },
        { SESSION, 80, UINT64_C(1) << 63 | 5 },
        { SESSION, 80, UINT64_MAX },
        /* the last proof, how long it was watched, and whether media flow */
        { SESSION, 104, UINT64_MAX },
        { SESSION, 112, UINT64_MAX },
        { SESSION, 120, 5 },
        { SESSION, 120, 0xff00 },
        { SESSION, 120, 0xff0000 },
        /* transport */
        { SESSION, 96, CCTV_TRANSPORT_COUNT },
        { SESSION, 96, UINT64_C(0xffffffff) },
        /* camera, country and day */
        { SERIES, 8, 0 },
        { SERIES, 8, UINT64_C(0xffffffff) },
        { SERIES, 8, UINT64_C(1024) << 32 | 1 },
        /* kind, browser, os and other */
        { SERIES, 16, 0 },
        { SERIES, 16, 3 },
        { SERIES, 16, 0x1001 },
        { SERIES, 16, 0x100001 },
        { SERIES, 16, 0x0102 },
        { SERIES, 16, 0x010002 },
        { SERIES, 16, 0x01000003 },
    };

    size_t begins[3] = { 0 };

    make_file(true);
    make_new();
    begins[SESSION] = sessions_at + SESSION_SIZE;
    begins[SERIES] = series_at;
    put64(begins[cases[_i].part] + cases[_i].where, cases[_i].value);
    correct_checksum(&file);
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_DAMAGED);
}
END_TEST

START_TEST(a_session_without_a_secret_is_refused)
{
    make_file(true);
    make_new();
    put64(sessions_at, 0);
    put64(sessions_at + 8, 0);
    correct_checksum(&file);
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_DAMAGED);
}
END_TEST

START_TEST(a_file_of_another_version_is_foreign)
{
    make_file(true);
    make_new();
    put64(AT_VERSION, CCTV_STATE_VERSION + 1);
    /* The rest of such a file is not interpreted, not even its size. */
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_FOREIGN);
    file.len = 16;
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_FOREIGN);
}
END_TEST

START_TEST(a_file_of_the_other_byte_order_is_refused)
{
    int i;

    make_file(true);
    make_new();
    for (i = 0; i < 4; i++) {
        char byte = file.data[i];

        file.data[i] = file.data[7 - i];
        file.data[7 - i] = byte;
    }
    correct_checksum(&file);
    ck_assert_int_eq(read_refused(&file), CCTV_STATE_DAMAGED);
}
END_TEST

/* ---- Files ---- */

static cctv_state_status_t load(void)
{
    cctv_state_time_t time = state_time(START);
    cctv_state_report_t report;

    return cctv_state_load(segment_of(&new), path, &time, false, &report);
}

static cctv_state_status_t save(const char *where)
{
    cctv_state_time_t time = state_time(START);

    return cctv_state_save(segment_of(&new), where, false, &time);
}

static void check_that_file_is_whole(void)
{
    t_file_t now = read_all(path);

    ck_assert_uint_eq(now.len, file.len);
    ck_assert_mem_eq(now.data, file.data, file.len);
}

static const char *temporary(void)
{
    return apr_pstrcat(pool, path, ".new", NULL);
}

static void write_file(const char *where, const char *text, mode_t mode)
{
    int fd = open(where, O_WRONLY | O_CREAT | O_TRUNC, mode);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

START_TEST(where_there_is_no_file_there_is_none)
{
    make_new();
    path = make_path();
    ck_assert_int_eq(load(), CCTV_STATE_NONE);
    path = "/nonexistent/state";
    ck_assert_int_eq(load(), CCTV_STATE_NONE);
}
END_TEST

START_TEST(a_file_of_something_else_is_refused)
{
    static const char *const texts[] = { "", "c", "CCTVDatabase on\n",
                                         "tatsvtcc" };

    make_new();
    path = make_path();
    write_file(path, texts[_i], 0600);
    ck_assert_int_eq(load(), CCTV_STATE_DAMAGED);
}
END_TEST

START_TEST(a_link_a_folder_or_a_pipe_is_not_read)
{
    make_file(true);
    make_new();
    ck_assert_int_eq(symlink(path, temporary()), 0);
    path = temporary();
    ck_assert_int_eq(load(), CCTV_STATE_ERROR);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(load(), CCTV_STATE_DAMAGED);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(load(), CCTV_STATE_DAMAGED);
}
END_TEST

static mode_t mode_of(const char *where)
{
    struct stat stat;

    ck_assert_int_eq(lstat(where, &stat), 0);
    return stat.st_mode;
}

START_TEST(a_file_is_for_its_owner_alone)
{
    mode_t mask = umask(0);

    make_new();
    path = make_path();
    ck_assert_int_eq(save(path), CCTV_STATE_OK);
    ck_assert_int_eq(mode_of(path), S_IFREG | 0600);
    /* The mode is also set if an old temporary file has another one. */
    write_file(temporary(), "old", 0666);
    ck_assert_int_eq(save(path), CCTV_STATE_OK);
    ck_assert_int_eq(mode_of(path), S_IFREG | 0600);
    umask(mask);
}
END_TEST

START_TEST(what_a_dead_saver_left_does_no_harm)
{
    char junk[20001];

    make_new();
    path = make_path();
    memset(junk, 'x', sizeof junk - 1);
    junk[sizeof junk - 1] = '\0';
    write_file(temporary(), junk, 0600);
    ck_assert_int_eq(save(path), CCTV_STATE_OK);
    ck_assert(!is_there(path, ".new"));
    ck_assert_int_eq(load(), CCTV_STATE_OK);
}
END_TEST

START_TEST(while_somebody_saves_nobody_else_does)
{
    int fd;

    make_file(true);
    make_new();
    fd = open(temporary(), O_WRONLY | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    ck_assert_int_eq(save(path), CCTV_STATE_BUSY);
    check_that_file_is_whole();
    ck_assert(is_there(path, ".new"));
    close(fd);
    ck_assert_int_eq(save(path), CCTV_STATE_OK);
}
END_TEST

START_TEST(a_link_a_folder_or_a_pipe_in_the_way_is_not_written_to)
{
    const char *victim;
    int fd;

    make_file(true);
    make_new();
    victim = apr_pstrcat(pool, path, ".victim", NULL);
    write_file(victim, "mine", 0644);
    ck_assert_int_eq(symlink(victim, temporary()), 0);
    ck_assert_int_eq(save(path), CCTV_STATE_ERROR);
    ck_assert_uint_eq(read_all(victim).len, 4);
    ck_assert_int_eq(mode_of(victim), S_IFREG | 0644);
    ck_assert_int_eq(unlink(temporary()), 0);
    ck_assert_int_eq(mkdir(temporary(), 0700), 0);
    ck_assert_int_eq(save(path), CCTV_STATE_ERROR);
    ck_assert_int_eq(rmdir(temporary()), 0);
    ck_assert_int_eq(mkfifo(temporary(), 0600), 0);
    ck_assert_int_eq(save(path), CCTV_STATE_ERROR);
    fd = open(temporary(), O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(fd, 0);
    errno = 0;
    ck_assert_int_eq(save(path), CCTV_STATE_ERROR);
    ck_assert_int_eq(errno, EEXIST);
    close(fd);
    check_that_file_is_whole();
}
END_TEST

START_TEST(a_link_at_the_path_is_replaced_and_its_target_kept)
{
    const char *link;

    make_file(true);
    make_new();
    link = apr_pstrcat(pool, path, ".link", NULL);
    ck_assert_int_eq(symlink(path, link), 0);
    ck_assert_int_eq(save(link), CCTV_STATE_OK);
    ck_assert_int_eq(mode_of(link), S_IFREG | 0600);
    check_that_file_is_whole();
}
END_TEST

START_TEST(a_folder_at_the_path_stays)
{
    make_new();
    path = make_path();
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(save(path), CCTV_STATE_ERROR);
    ck_assert_int_eq(errno, EISDIR);
    ck_assert(S_ISDIR(mode_of(path)));
    ck_assert(!is_there(path, ".new"));
}
END_TEST

START_TEST(a_folder_that_is_missing_is_told)
{
    make_new();
    path = make_path();
    ck_assert_int_eq(save(apr_pstrcat(pool, path, "/no/state", NULL)),
                     CCTV_STATE_ERROR);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(a_path_that_is_too_long_is_told)
{
    char *name = apr_palloc(pool, 10000);

    make_new();
    memset(name, 'x', 9999);
    name[9999] = '\0';
    ck_assert_int_eq(save(name), CCTV_STATE_ERROR);
    ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

/* Save in a child process under its own limits. @return its errno */
static int save_elsewhere(void (*limit)(void))
{
    int ends[2];
    int error = 0;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    assert_forked(pid);
    if (pid == 0) {
        limit();
        error = save(path) == CCTV_STATE_ERROR ? errno : 0;
        if (write(ends[1], &error, sizeof error) < 0) {
            _exit(1);
        }
        raise(SIGKILL);
    }
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &error, sizeof error), sizeof error);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    close(ends[0]);
    return error;
}

static void allow_100_bytes(void)
{
    const struct rlimit limit = { .rlim_cur = 100, .rlim_max = 100 };

    /* As in httpd. */
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

START_TEST(on_a_full_disk_the_file_stays_whole)
{
    make_file(true);
    make_new();
    ck_assert_int_eq(save_elsewhere(allow_100_bytes), EFBIG);
    check_that_file_is_whole();
    ck_assert(!is_there(path, ".new"));
}
END_TEST

static void be_nobody(void)
{
    if (geteuid() == 0 && setuid(65534) != 0) {
        _exit(1);
    }
}

START_TEST(in_a_folder_that_may_not_be_written_the_file_stays_whole)
{
    char *folder;

    make_file(true);
    make_new();
    folder = apr_pstrdup(pool, path);
    *strrchr(folder, '/') = '\0';
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert_int_eq(save_elsewhere(be_nobody), EACCES);
    check_that_file_is_whole();
    ck_assert_int_eq(chmod(folder, 0700), 0);
}
END_TEST

enum {
    SAVERS = 3,
    LOADS = 60
};

static void save_for_ever(void)
{
    for (;;) {
        cctv_state_status_t status = save(path);

        if (status != CCTV_STATE_OK && status != CCTV_STATE_BUSY) {
            _exit(1);
        }
    }
}

/* Some of the processes are killed while they save. */
START_TEST(a_file_that_many_save_at_once_is_always_whole)
{
    pid_t savers[SAVERS];
    int i;

    make_new();
    path = make_path();
    ck_assert_int_eq(save(path), CCTV_STATE_OK);
    for (i = 0; i < LOADS; i++) {
        if (i >= SAVERS) {
            kill_process(savers[i % SAVERS]);
        }
        savers[i % SAVERS] = fork();
        if (savers[i % SAVERS] == 0) {
            save_for_ever();
        }
        make_new();
        ck_assert_int_eq(load(), CCTV_STATE_OK);
    }
    for (i = 0; i < SAVERS; i++) {
        ck_assert_int_eq(waitpid(savers[i], NULL, WNOHANG), 0);
        kill_process(savers[i]);
    }
    ck_assert_int_eq(save(path), CCTV_STATE_OK);
}
END_TEST

TCase *damage_tests(void)
{
    TCase *tc = tcase_create("damage");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_file_that_was_cut_off_anywhere_is_refused);
    tcase_add_loop_test(tc, a_file_with_any_bit_turned_over_is_refused, 0, 2);
    tcase_add_test(tc, a_file_with_something_behind_it_is_refused);
    tcase_add_loop_test(tc, sections_of_a_wrong_size_are_refused, 0, 13);
    tcase_add_loop_test(tc, values_that_nobody_wrote_are_refused, 0, 34);
    tcase_add_test(tc, a_session_without_a_secret_is_refused);
    tcase_add_test(tc, a_file_of_another_version_is_foreign);
    tcase_add_test(tc, a_file_of_the_other_byte_order_is_refused);
    tcase_add_test(tc, where_there_is_no_file_there_is_none);
    tcase_add_loop_test(tc, a_file_of_something_else_is_refused, 0, 4);
    tcase_add_test(tc, a_link_a_folder_or_a_pipe_is_not_read);
    tcase_add_test(tc, a_file_is_for_its_owner_alone);
    tcase_add_test(tc, what_a_dead_saver_left_does_no_harm);
    tcase_add_test(tc, while_somebody_saves_nobody_else_does);
    tcase_add_test(tc, a_link_a_folder_or_a_pipe_in_the_way_is_not_written_to);
    tcase_add_test(tc, a_link_at_the_path_is_replaced_and_its_target_kept);
    tcase_add_test(tc, a_folder_at_the_path_stays);
    tcase_add_test(tc, a_folder_that_is_missing_is_told);
    tcase_add_test(tc, a_path_that_is_too_long_is_told);
    tcase_add_test(tc, on_a_full_disk_the_file_stays_whole);
    tcase_add_test(tc,
                   in_a_folder_that_may_not_be_written_the_file_stays_whole);
    tcase_add_test(tc, a_file_that_many_save_at_once_is_always_whole);
    return tc;
}
