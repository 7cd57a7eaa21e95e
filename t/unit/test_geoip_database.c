/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "geoip/database.h"

#include "apr_file_io.h"
#include "apr_strings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Files made by t/it/mmdb.py, which lists their contents. */
#define FILES "t/data/geoip/"
/* This file is not part of the project. */
#define REAL_FILE "../shared/data/GeoIP2-Country-Test.mmdb"

static char folder[32];
/* The file that a test opens, and another file in the same folder. */
static char path[sizeof folder + 16];
static char beside[sizeof folder + 16];
static cctv_geoip_database_t database;
static cctv_geoip_failure_t why;
static cctv_time_t now;
/* The modification time of the last written file. It gives each file another
 * time, and makes none of them look recently written. */
static time_t modified;

static void make_folder(void)
{
    strcpy(folder, "/tmp/cctv-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    /* A process that has given up root must be able to read it. */
    ck_assert_int_eq(chmod(folder, 0755), 0);
    snprintf(path, sizeof path, "%s/db.mmdb", folder);
    snprintf(beside, sizeof beside, "%s/new.mmdb", folder);
    modified = 1000000000;
    now = 1;
}

static void remove_folder(void)
{
    unlink(path);
    unlink(beside);
    rmdir(path);
    rmdir(folder);
}

typedef struct {
    char *bytes;
    size_t len;
} content_t;

static content_t content_of(const char *file)
{
    content_t content = { NULL, 0 };
    apr_file_t *handle;
    apr_finfo_t info;

    ck_assert_int_eq(apr_file_open(&handle, file, APR_READ, 0, pool), 0);
    ck_assert_int_eq(apr_file_info_get(&info, APR_FINFO_SIZE, handle), 0);
    content.len = (size_t)info.size;
    content.bytes = apr_palloc(pool, content.len + 1);
    ck_assert_int_eq(
        apr_file_read_full(handle, content.bytes, content.len, NULL), 0);
    apr_file_close(handle);
    return content;
}

static void settle(const char *file)
{
    const struct timespec times[2] = { { .tv_sec = ++modified },
                                       { .tv_sec = modified } };

    ck_assert_int_eq(utimensat(AT_FDCWD, file, times, 0), 0);
}

/* Overwrite the file in place; its modification time is now. */
static void overwrite_fresh(const char *file, const char *bytes, size_t len)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static void overwrite(const char *bytes, size_t len)
{
    overwrite_fresh(path, bytes, len);
    settle(path);
}

static void rename_over(const char *file)
{
    content_t content = content_of(file);

    overwrite_fresh(beside, content.bytes, content.len);
    settle(beside);
    ck_assert_int_eq(rename(beside, path), 0);
}

static void open_database(const char *file)
{
    if (!cctv_geoip_database_open(&database, file, &why)) {
        ck_abort_msg("%s: %s (%s)", file, why.text,
                     why.detail != NULL ? why.detail : "");
    }
}

static const char *find(const char *address)
{
    union {
        struct sockaddr any;
        struct sockaddr_in ip4;
        struct sockaddr_in6 ip6;
    } to = { .ip6 = { .sin6_family = AF_INET6 } };
    cctv_country_label_t label;

    if (inet_pton(AF_INET6, address, &to.ip6.sin6_addr) != 1) {
        to.ip4.sin_family = AF_INET;
        ck_assert_int_eq(inet_pton(AF_INET, address, &to.ip4.sin_addr), 1);
    }
    label = cctv_country_label(cctv_geoip_database_find(&database, &to.any));
    return apr_pstrdup(pool, label.text);
}

/* The result of the next check for a new file, at its time. */
static cctv_geoip_news_t look(void)
{
    now += CCTV_GEOIP_LOOK;
    return cctv_geoip_database_refresh(&database, now, &why);
}

static void check_refused(const char *text)
{
    cctv_geoip_copy_t copy;

    ck_assert(!cctv_geoip_copy_open(&copy, path, &why));
    ck_assert_str_eq(why.text, text);
}

#define CORRUPT "it is corrupt, or no MaxMind DB file"

/* --- lookups --- */

static const struct {
    const char *file;
    const char *address;
    const char *country;
} lookups[] = {
    { "nested", "81.2.69.160", "GB" },
    { "nested", "81.2.69.0", "GB" },
    { "nested", "81.2.68.255", "unknown" },
    { "nested", "89.160.20.1", "SE" }, /* the file says "se" */
    { "nested", "89.160.20.255", "SE" },
    { "nested", "2001:db8::1", "NO" },
    { "nested", "2001:db9::1", "unknown" },
    { "nested", "::ffff:81.2.69.160", "GB" },
    { "nested", "::ffff:10.0.0.1", "unknown" },
    { "nested", "10.1.2.3", "unknown" },
    { "nested", "192.168.0.1", "unknown" },
    { "nested", "127.0.0.1", "unknown" },
    { "nested", "0.0.0.0", "unknown" },
    { "nested", "255.255.255.255", "unknown" },
    { "nested", "::1", "unknown" },
    { "nested", "::", "unknown" },
    { "nested", "fe80::1", "unknown" },
    { "nested", "fd00::1", "unknown" },
    { "nested", "192.0.2.1", "unknown" },     /* ZZ */
    { "nested", "198.51.100.1", "US" },       /* only registered_country */
    { "nested", "203.0.113.1", "unknown" },   /* three letters */
    { "nested", "203.0.113.65", "unknown" },  /* a digit */
    { "nested", "203.0.113.129", "unknown" }, /* a number */
    { "nested", "203.0.113.193", "unknown" }, /* the record is a text */
    { "flat", "81.2.69.160", "FR" },
    { "flat", "2001:db8::1", "DE" },
    { "flat", "192.0.2.1", "unknown" },
    { "layouts", "10.0.1.1", "US" },
    { "layouts", "10.0.2.1", "FR" },
    { "layouts", "10.0.3.1", "CA" },
    { "layouts", "10.0.4.1", "JP" },
    { "layouts", "10.0.5.1", "IT" },
    { "layouts", "10.0.6.1", "ES" },
    { "layouts", "10.0.7.1", "PT" },
    { "layouts", "10.0.8.1", "PL" },
    { "layouts", "10.0.9.1", "NO" },
    { "layouts", "10.0.10.1", "DK" },
    { "layouts", "10.0.11.1", "FI" },
    { "layouts", "10.0.20.1", "unknown" },
    { "layouts", "10.0.21.1", "unknown" },
    { "layouts", "10.0.22.1", "unknown" },
    { "layouts", "10.0.23.1", "SE" },
    { "layouts", "10.0.24.1", "CH" },
    { "layouts", "10.0.25.1", "unknown" },
    { "layouts", "10.0.26.1", "unknown" },
    { "layouts", "10.0.27.1", "unknown" },
    { "ip4", "81.2.69.160", "IE" },
    { "ip4", "::ffff:81.2.69.160", "IE" },
    { "ip4", "2001:db8::1", "unknown" },
};

START_TEST(finds_the_country_of_an_address)
{
    open_database(apr_pstrcat(pool, FILES, lookups[_i].file, ".mmdb", NULL));
    ck_assert_str_eq(find(lookups[_i].address), lookups[_i].country);
    cctv_geoip_database_close(&database);
}
END_TEST

/* What is remembered of other addresses does not change the answer. */
START_TEST(countries_are_found_again)
{
    static const char *const files[] = { "nested", "flat", "layouts", "ip4" };
    const char *file = files[_i];
    size_t n = sizeof lookups / sizeof lookups[0];
    size_t i;

    open_database(apr_pstrcat(pool, FILES, file, ".mmdb", NULL));
    for (i = 0; i < 3 * n; i++) {
        if (strcmp(lookups[i % n].file, file) == 0) {
            ck_assert_str_eq(find(lookups[i % n].address),
                             lookups[i % n].country);
        }
    }
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(an_address_of_another_family_is_unknown)
{
    const struct sockaddr_un address = { .sun_family = AF_UNIX };

    open_database(FILES "nested.mmdb");
    ck_assert_uint_eq(
        cctv_geoip_database_find(&database, (const struct sockaddr *)&address),
        CCTV_COUNTRY_UNKNOWN);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(tells_when_the_database_was_built)
{
    open_database(FILES "nested.mmdb");
    ck_assert_int_eq(cctv_geoip_database_built(&database), 1700000000);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(reads_a_file_of_maxmind)
{
    if (access(REAL_FILE, R_OK) != 0) {
        puts("skipped: no " REAL_FILE " here");
        return;
    }
    open_database(REAL_FILE);
    ck_assert_str_eq(find("2.125.160.216"), "GB");
    ck_assert_str_eq(find("::ffff:2.125.160.216"), "GB");
    ck_assert_str_eq(find("127.0.0.1"), "unknown");
    ck_assert_int_gt(cctv_geoip_database_built(&database), 1000000000);
    cctv_geoip_database_close(&database);
}
END_TEST

/* --- files that cannot be used --- */

/* Up to version 1.11, MMDB_open() leaks memory if the metadata is damaged.
 * valgrind.supp has the same suppression for valgrind. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libmaxminddb.so";
}

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

START_TEST(a_missing_file_is_refused)
{
    check_refused("it cannot be opened");
    ck_assert_int_eq(why.error, ENOENT);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    ck_assert_int_eq(mkdir(path, 0755), 0);
    check_refused("it is not a regular file");
    rmdir(path);
    ck_assert_int_eq(mkfifo(path, 0644), 0);
    check_refused("it is not a regular file");
    unlink(path);
    ck_assert_int_eq(symlink("/dev/zero", path), 0);
    check_refused("it is not a regular file");
    ck_assert_int_eq(why.error, 0);
}
END_TEST

START_TEST(an_empty_file_is_refused)
{
    overwrite("", 0);
    check_refused("it is empty");
}
END_TEST

START_TEST(a_file_that_is_too_large_is_refused)
{
    overwrite("x", 1);
    ck_assert_int_eq(truncate(path, (off_t)CCTV_GEOIP_MAX_SIZE + 1), 0);
    check_refused("it is larger than 1 GB");
}
END_TEST

START_TEST(a_file_of_another_format_is_refused)
{
    content_t text = content_of("t/unit/main.c");

    overwrite(text.bytes, text.len);
    check_refused(CORRUPT);
}
END_TEST

START_TEST(a_database_without_countries_is_refused)
{
    rename_over(FILES "asn.mmdb");
    check_refused("no network in it has a country.iso_code or a "
                  "country_code: it is no country database");
}
END_TEST

START_TEST(a_record_that_is_nested_deeply_is_refused)
{
    rename_over(FILES "deep.mmdb");
    check_refused(CORRUPT);
}
END_TEST

static const char *const layouts[] = { FILES "nested.mmdb", FILES "flat.mmdb",
                                       FILES "ip4.mmdb" };

START_TEST(a_file_that_is_cut_off_anywhere_is_refused)
{
    content_t content = content_of(layouts[_i]);
    size_t len;

    for (len = 1; len < content.len; len++) {
        overwrite(content.bytes, len);
        check_refused(CORRUPT);
    }
}
END_TEST

START_TEST(a_file_that_ends_with_a_page_and_the_marker_is_refused)
{
    static const char marker[] = "\xab\xcd\xefMaxMind.com";
    char page[4096] = "";

    memcpy(page + sizeof page - sizeof marker + 1, marker, sizeof marker - 1);
    overwrite(page, sizeof page);
    check_refused(CORRUPT);
    ck_assert_str_eq(why.detail, "its metadata is cut off");
}
END_TEST

/* Open the file. If that succeeds, look up addresses in all its parts. */
static void try(void)
{
    static const char *const addresses[] = { "81.2.69.160",
                                             "89.160.20.1",
                                             "192.0.2.1",
                                             "198.51.100.1",
                                             "203.0.113.1",
                                             "203.0.113.65",
                                             "203.0.113.129",
                                             "203.0.113.193",
                                             "2001:db8::1",
                                             "10.0.0.1",
                                             "::",
                                             "ffff::ffff" };
    size_t i;

    if (!cctv_geoip_database_open(&database, path, &why)) {
        return;
    }
    for (i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        find(addresses[i]);
    }
    cctv_geoip_database_close(&database);
}

START_TEST(no_changed_byte_does_harm)
{
    static const unsigned char changes[] = { 0xff, 0x01, 0x10, 0x80 };
    content_t content = content_of(layouts[_i]);
    size_t change;
    size_t at;

    for (at = 0; at < content.len; at++) {
        char before = content.bytes[at];

        for (change = 0; change < sizeof changes; change++) {
            content.bytes[at] = (char)(before ^ changes[change]);
            overwrite(content.bytes, content.len);
            try();
        }
        content.bytes[at] = before;
    }
}
END_TEST

START_TEST(no_run_of_bytes_does_harm)
{
    static const unsigned char fillings[] = { 0x00, 0x01, 0x04,
                                              0x20, 0xe1, 0xff };
    content_t content = content_of(layouts[_i]);
    char *bytes = apr_palloc(pool, content.len);
    size_t filling;
    size_t at;

    for (filling = 0; filling < sizeof fillings; filling++) {
        for (at = 0; at < content.len; at += 16) {
            size_t left = content.len - at;

            memcpy(bytes, content.bytes, content.len);
            memset(bytes + at, fillings[filling], left < 256 ? left : 256);
            overwrite(bytes, content.len);
            try();
        }
    }
}
END_TEST

START_TEST(a_tree_that_points_between_the_sections_is_refused)
{
    content_t content = content_of(FILES "nested.mmdb");
    uint32_t target;
    int i;

    open_database(FILES "nested.mmdb");
    target = database.copy.mmdb.metadata.node_count + 15;
    cctv_geoip_database_close(&database);
    for (i = 0; i < 3; i++) {
        content.bytes[3 + i] = (char)(target >> (16 - 8 * i));
    }
    overwrite(content.bytes, content.len);
    check_refused(CORRUPT);
}
END_TEST

/* --- replacement --- */

START_TEST(a_file_that_stays_the_same_is_not_read_again)
{
    rename_over(FILES "nested.mmdb");
    open_database(path);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_file_replaced_by_rename_is_taken)
{
    rename_over(FILES "nested.mmdb");
    open_database(path);
    rename_over(FILES "flat.mmdb");
    ck_assert_str_eq(find("81.2.69.160"), "GB");
    ck_assert_int_eq(look(), CCTV_GEOIP_REPLACED);
    ck_assert_str_eq(find("81.2.69.160"), "FR");
    ck_assert_int_eq(cctv_geoip_database_built(&database), 1710000000);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_file_is_looked_at_only_when_it_is_time)
{
    rename_over(FILES "nested.mmdb");
    open_database(path);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    rename_over(FILES "flat.mmdb");
    now += CCTV_GEOIP_LOOK - 1;
    ck_assert_int_eq(cctv_geoip_database_refresh(&database, now, &why),
                     CCTV_GEOIP_SAME);
    now += 1;
    ck_assert_int_eq(cctv_geoip_database_refresh(&database, now, &why),
                     CCTV_GEOIP_REPLACED);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_file_that_is_being_written_is_left_alone_for_a_while)
{
    content_t content = content_of(FILES "flat.mmdb");

    rename_over(FILES "nested.mmdb");
    open_database(path);
    overwrite_fresh(path, content.bytes, content.len / 2);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    overwrite(content.bytes, content.len);
    /* The next check comes sooner then. */
    now += CCTV_GEOIP_SETTLE;
    ck_assert_int_eq(cctv_geoip_database_refresh(&database, now, &why),
                     CCTV_GEOIP_REPLACED);
    ck_assert_str_eq(find("81.2.69.160"), "FR");
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_file_of_the_future_is_taken)
{
    struct timespec times[2];

    rename_over(FILES "nested.mmdb");
    open_database(path);
    rename_over(FILES "flat.mmdb");
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec += 3600;
    times[1] = times[0];
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    ck_assert_int_eq(look(), CCTV_GEOIP_REPLACED);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_bad_replacement_is_told_once_and_the_old_one_stays)
{
    rename_over(FILES "nested.mmdb");
    open_database(path);
    overwrite("garbage", 7);
    ck_assert_int_eq(look(), CCTV_GEOIP_KEPT);
    ck_assert_str_eq(why.text, CORRUPT);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    ck_assert_str_eq(find("81.2.69.160"), "GB");
    overwrite("refuse!", 7);
    ck_assert_int_eq(look(), CCTV_GEOIP_KEPT);
    rename_over(FILES "flat.mmdb");
    ck_assert_int_eq(look(), CCTV_GEOIP_REPLACED);
    ck_assert_str_eq(find("81.2.69.160"), "FR");
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_file_that_vanishes_is_told_once_and_the_old_one_stays)
{
    rename_over(FILES "nested.mmdb");
    open_database(path);
    unlink(path);
    ck_assert_int_eq(look(), CCTV_GEOIP_KEPT);
    ck_assert_int_eq(why.error, ENOENT);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    ck_assert_str_eq(find("81.2.69.160"), "GB");
    rename_over(FILES "flat.mmdb");
    ck_assert_int_eq(look(), CCTV_GEOIP_REPLACED);
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_copy_that_could_not_be_made_is_tried_again)
{
    struct rlimit before;
    struct rlimit none;

    rename_over(FILES "nested.mmdb");
    open_database(path);
    rename_over(FILES "flat.mmdb");
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ck_assert_int_eq(look(), CCTV_GEOIP_KEPT);
    ck_assert_int_eq(why.error, EMFILE);
    ck_assert_int_eq(look(), CCTV_GEOIP_SAME);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(look(), CCTV_GEOIP_REPLACED);
    ck_assert_str_eq(find("81.2.69.160"), "FR");
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(a_file_cut_off_in_place_does_no_harm)
{
    rename_over(FILES "nested.mmdb");
    open_database(path);
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_str_eq(find("81.2.69.160"), "GB");
    settle(path);
    ck_assert_int_eq(look(), CCTV_GEOIP_KEPT);
    ck_assert_str_eq(why.text, "it is empty");
    ck_assert_str_eq(find("2001:db8::1"), "NO");
    cctv_geoip_database_close(&database);
}
END_TEST

START_TEST(no_descriptor_stays_open)
{
    int before = dup(0);
    int after;

    close(before);
    rename_over(FILES "nested.mmdb");
    open_database(path);
    rename_over(FILES "flat.mmdb");
    ck_assert_int_eq(look(), CCTV_GEOIP_REPLACED);
    overwrite("garbage", 7);
    ck_assert_int_eq(look(), CCTV_GEOIP_KEPT);
    after = dup(0);
    close(after);
    ck_assert_int_eq(before, after);
    cctv_geoip_database_close(&database);
}
END_TEST

/* Runs in a child process. @return 0 on success */
static int take_replacement_as_nobody(void)
{
    if (setgid(65534) != 0 || setuid(65534) != 0) {
        return 1;
    }
    if (strcmp(find("81.2.69.160"), "GB") != 0) {
        return 2;
    }
    if (look() != CCTV_GEOIP_REPLACED) {
        return 3;
    }
    return strcmp(find("81.2.69.160"), "FR") == 0 ? 0 : 4;
}

START_TEST(who_has_given_up_being_root_can_take_a_replacement)
{
    int status;
    pid_t child;

    if (getuid() != 0) {
        puts("skipped: root alone can give up being root");
        return;
    }
    rename_over(FILES "nested.mmdb");
    open_database(path);
    rename_over(FILES "flat.mmdb");
    child = fork();
    if (child == 0) {
        _exit(take_replacement_as_nobody());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    /* The parent process still has its own copy of the old file. */
    ck_assert_str_eq(find("81.2.69.160"), "GB");
    cctv_geoip_database_close(&database);
}
END_TEST

#define THREADS 4

static atomic_bool is_over;
static _Atomic cctv_time_t time_for_all;

/* Look up an address and check for a new file, until is_over is set. */
static void *visit(void *wrong_)
{
    const cctv_country_t gb = cctv_country_of("GB", 2);
    const cctv_country_t fr = cctv_country_of("FR", 2);
    struct sockaddr_in address = { .sin_family = AF_INET };
    cctv_geoip_failure_t ignored;
    long *wrong = wrong_;

    inet_pton(AF_INET, "81.2.69.160", &address.sin_addr);
    while (!atomic_load(&is_over)) {
        cctv_country_t country;

        cctv_geoip_database_refresh(&database, atomic_load(&time_for_all),
                                    &ignored);
        country = cctv_geoip_database_find(&database,
                                           (const struct sockaddr *)&address);
        *wrong += country != gb && country != fr;
    }
    return NULL;
}

static void disturb(int round)
{
    static const char *const files[] = { FILES "nested.mmdb",
                                         FILES "flat.mmdb" };
    content_t content = content_of(files[round % 2]);

    switch (round % 5) {
    case 0:
        overwrite(content.bytes, content.len);
        break;
    case 1:
        overwrite(content.bytes, content.len / 2);
        break;
    case 2:
        ck_assert_int_eq(truncate(path, 0), 0);
        settle(path);
        break;
    case 3:
        unlink(path);
        break;
    default:
        rename_over(files[round % 2]);
    }
}

START_TEST(lookups_go_on_whatever_happens_to_the_file)
{
    pthread_t threads[THREADS];
    long wrong[THREADS] = { 0 };
    int i;

    rename_over(FILES "nested.mmdb");
    open_database(path);
    atomic_store(&is_over, false);
    atomic_store(&time_for_all, 1);
    for (i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, visit, &wrong[i]),
                         0);
    }
    for (i = 0; i < 300; i++) {
        const struct timespec ms = { .tv_nsec = 1000000 };

        disturb(i);
        atomic_fetch_add(&time_for_all, CCTV_GEOIP_LOOK);
        nanosleep(&ms, NULL);
    }
    atomic_store(&is_over, true);
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(wrong[i], 0);
    }
    /* After all threads have ended, a last replacement is still noticed. */
    rename_over(FILES "flat.mmdb");
    ck_assert_int_eq(
        cctv_geoip_database_refresh(
            &database, atomic_load(&time_for_all) + CCTV_GEOIP_LOOK, &why),
        CCTV_GEOIP_REPLACED);
    ck_assert_str_eq(find("81.2.69.160"), "FR");
    cctv_geoip_database_close(&database);
}
END_TEST

TCase *geoip_database_tests(void)
{
    TCase *tc = tcase_create("geoip database");
    int count = sizeof layouts / sizeof layouts[0];

    /* Thousands of files take their time under valgrind. */
    tcase_set_timeout(tc, 240);
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_loop_test(tc, finds_the_country_of_an_address, 0,
                        sizeof lookups / sizeof lookups[0]);
    tcase_add_loop_test(tc, countries_are_found_again, 0, 4);
    tcase_add_test(tc, an_address_of_another_family_is_unknown);
    tcase_add_test(tc, tells_when_the_database_was_built);
    tcase_add_test(tc, reads_a_file_of_maxmind);
    tcase_add_test(tc, a_missing_file_is_refused);
    tcase_add_test(tc, what_is_no_file_is_refused);
    tcase_add_test(tc, an_empty_file_is_refused);
    tcase_add_test(tc, a_file_that_is_too_large_is_refused);
    tcase_add_test(tc, a_file_of_another_format_is_refused);
    tcase_add_test(tc, a_database_without_countries_is_refused);
    tcase_add_test(tc, a_record_that_is_nested_deeply_is_refused);
    tcase_add_loop_test(tc, a_file_that_is_cut_off_anywhere_is_refused, 0,
                        count);
    tcase_add_test(tc, a_file_that_ends_with_a_page_and_the_marker_is_refused);
    tcase_add_loop_test(tc, no_changed_byte_does_harm, 0, count);
    tcase_add_loop_test(tc, no_run_of_bytes_does_harm, 0, count);
    tcase_add_test(tc, a_tree_that_points_between_the_sections_is_refused);
    tcase_add_test(tc, a_file_that_stays_the_same_is_not_read_again);
    tcase_add_test(tc, a_file_replaced_by_rename_is_taken);
    tcase_add_test(tc, a_file_is_looked_at_only_when_it_is_time);
    tcase_add_test(tc, a_file_that_is_being_written_is_left_alone_for_a_while);
    tcase_add_test(tc, a_file_of_the_future_is_taken);
    tcase_add_test(tc, a_bad_replacement_is_told_once_and_the_old_one_stays);
    tcase_add_test(tc,
                   a_file_that_vanishes_is_told_once_and_the_old_one_stays);
    tcase_add_test(tc, a_copy_that_could_not_be_made_is_tried_again);
    tcase_add_test(tc, a_file_cut_off_in_place_does_no_harm);
    tcase_add_test(tc, no_descriptor_stays_open);
    tcase_add_test(tc, who_has_given_up_being_root_can_take_a_replacement);
    tcase_add_test(tc, lookups_go_on_whatever_happens_to_the_file);
    return tc;
}
