/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.c
 * @brief The state file: what is shared, over a restart of the server.
 * Layer: pure.
 */
#include "shared/state.h"

#include <xxhash.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* "cctvstat"; a file of a machine that writes numbers the other way round
 * does not have it. */
#define MAGIC UINT64_C(0x6363747673746174)

#define BOOT_SIZE 40
#define BOOT_FILE "/proc/sys/kernel/random/boot_id"

/* No state is larger; no file that is may eat the memory. */
#define FILE_MAX ((off_t)1 << 30)

/* A day between two states: µs. */
#define INTERVAL_MAX INT64_C(86400000000)

#define BUFFER_SIZE 65536

#define COUNTERS (sizeof(cctv_counters_t) / sizeof(uint64_t))

/* The parts of a file; none has a gap in it. */
typedef struct {
    uint64_t magic;
    uint64_t version;
    uint64_t clean;
    char boot[BOOT_SIZE];
    cctv_time_t saved;
    int64_t interval;
    int64_t started;
    unsigned char key[CCTV_KEY_SIZE];
    uint64_t folded;
    uint64_t counters[COUNTERS];
} file_head_t;

typedef struct {
    uint64_t secret[2];
    cctv_time_t started;
    cctv_time_t last;
    uint64_t user;
    uint64_t role;
    uint64_t client;
    uint32_t home;
    uint32_t timeout;
    int32_t camera;
    uint32_t country;
} file_session_t;

typedef struct {
    uint64_t value;
    int32_t camera;
    uint16_t country;
    uint16_t day;
    uint8_t kind;
    uint8_t browser;
    uint8_t os;
    uint8_t other;
    uint32_t unused;
} file_series_t;

typedef struct {
    uint64_t sessions;
    uint64_t series;
    uint64_t checksum;
} file_end_t;

_Static_assert(sizeof(file_head_t)
                   == 24 + BOOT_SIZE + 24 + CCTV_KEY_SIZE + 8 + COUNTERS * 8,
               "a gap");
_Static_assert(sizeof(file_head_t) <= BUFFER_SIZE, "more than a buffer");
_Static_assert(sizeof(file_session_t) == 72, "a gap");
_Static_assert(sizeof(file_series_t) == 24, "a gap");
_Static_assert(sizeof(file_end_t) == 24, "a gap");

/* ---- Writing ---- */

typedef struct {
    int fd;
    bool failed;
    size_t len;
    XXH3_state_t *checksum;
    char buffer[BUFFER_SIZE];
} file_writer_t;

static void flush(file_writer_t *writer)
{
    const char *at = writer->buffer;

    while (writer->len > 0 && !writer->failed) {
        ssize_t n = write(writer->fd, at, writer->len);

        if (n < 0 && errno != EINTR) {
            writer->failed = true;
        }
        if (n > 0) {
            at += n;
            writer->len -= (size_t)n;
        }
    }
    writer->len = 0;
}

static void put(file_writer_t *writer, const void *data, size_t size)
{
    if (writer->len + size > sizeof writer->buffer) {
        flush(writer);
    }
    memcpy(writer->buffer + writer->len, data, size);
    writer->len += size;
    XXH3_64bits_update(writer->checksum, data, size);
}

static void read_boot(char *boot)
{
    FILE *file = fopen(BOOT_FILE, "re");

    memset(boot, 0, BOOT_SIZE);
    if (file != NULL) {
        if (fgets(boot, BOOT_SIZE, file) == NULL) {
            boot[0] = '\0';
        }
        fclose(file);
    }
}

static void copy_counters(uint64_t *to, const cctv_counters_t *from)
{
    const _Atomic uint64_t *each = (const _Atomic uint64_t *)(const void *)
        from;
    size_t i;

    for (i = 0; i < COUNTERS; i++) {
        to[i] = cctv_counted(&each[i]);
    }
}

static void put_head(file_writer_t *writer, const cctv_shared_t *shared,
                     bool clean, const cctv_state_time_t *time)
{
    file_head_t head = { .magic = MAGIC,
                         .version = CCTV_STATE_VERSION,
                         .clean = clean,
                         .saved = time->now,
                         .interval = time->interval,
                         .started = shared->head->started,
                         .folded = cctv_counted(
                             &shared->series.head->folded) };

    read_boot(head.boot);
    memcpy(head.key, shared->head->key, sizeof head.key);
    copy_counters(head.counters, &shared->head->counters);
    put(writer, &head, sizeof head);
}

/* Those that are over are still to be counted when all goes on. */
static uint64_t put_sessions(file_writer_t *writer,
                             const cctv_shared_t *shared, bool clean,
                             cctv_time_t now)
{
    cctv_session_t session;
    uint64_t count = 0;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && (clean || !cctv_session_is_over(&session, now))) {
            const file_session_t out = {
                .secret = { session.secret[0], session.secret[1] },
                .started = session.started,
                .last = session.last,
                .user = session.user,
                .role = session.role,
                .client = session.client,
                .home = session.home,
                .timeout = session.timeout,
                .camera = session.camera,
                .country = session.country,
            };

            put(writer, &out, sizeof out);
            count++;
        }
    }
    return count;
}

static uint64_t put_series(file_writer_t *writer, const cctv_shared_t *shared)
{
    const cctv_series_t *series = &shared->series;
    cctv_labels_t labels;
    uint64_t count = 0;
    uint32_t i;

    for (i = 0; i < cctv_series_cells(series); i++) {
        if (cctv_series_labels(series, i, &labels)) {
            const file_series_t out = {
                .value = cctv_series_value(series, i),
                .camera = labels.camera,
                .country = labels.country,
                .day = cctv_series_day(series, i),
                .kind = (uint8_t)labels.kind,
                .browser = labels.browser,
                .os = labels.os,
                .other = cctv_series_is_other(series, i),
            };

            put(writer, &out, sizeof out);
            count++;
        }
    }
    return count;
}

static bool write_state(int fd, const cctv_shared_t *shared, bool clean,
                        const cctv_state_time_t *time)
{
    file_writer_t *writer = malloc(sizeof *writer);
    file_end_t end = { 0 };
    bool failed = true;

    if (writer == NULL) {
        return false;
    }
    writer->fd = fd;
    writer->failed = false;
    writer->len = 0;
    writer->checksum = XXH3_createState();
    if (writer->checksum != NULL) {
        XXH3_64bits_reset(writer->checksum);
        put_head(writer, shared, clean, time);
        end.sessions = put_sessions(writer, shared, clean, time->now);
        end.series = put_series(writer, shared);
        put(writer, &end, offsetof(file_end_t, checksum));
        end.checksum = XXH3_64bits_digest(writer->checksum);
        put(writer, &end.checksum, sizeof end.checksum);
        flush(writer);
        failed = writer->failed;
    }
    XXH3_freeState(writer->checksum);
    free(writer);
    return !failed && fdatasync(fd) == 0;
}

/* "<path>.new", locked, empty. */
static cctv_state_status_t open_new(const char *path, int *fd)
{
    struct stat opened;
    struct stat named;

    *fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
               0600);
    if (*fd < 0) {
        return CCTV_STATE_ERROR;
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        close(*fd);
        return errno == EWOULDBLOCK ? CCTV_STATE_BUSY : CCTV_STATE_ERROR;
    }
    /* Who had the lock before has moved the file away, maybe. */
    if (fstat(*fd, &opened) != 0 || lstat(path, &named) != 0
        || opened.st_ino != named.st_ino) {
        close(*fd);
        return CCTV_STATE_BUSY;
    }
    if (!S_ISREG(opened.st_mode)) {
        close(*fd);
        errno = EEXIST;
        return CCTV_STATE_ERROR;
    }
    if (ftruncate(*fd, 0) != 0 || fchmod(*fd, 0600) != 0) {
        close(*fd);
        return CCTV_STATE_ERROR;
    }
    return CCTV_STATE_OK;
}

/* So that the power may fail behind it: the state before, which may be a
 * clean one, must not come back. Not every file system can. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX] = ".";
    int fd;

    if (slash != NULL) {
        memcpy(folder, path, (size_t)(slash - path) + 1);
        folder[slash - path + 1] = '\0';
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

cctv_state_status_t cctv_state_save(const cctv_shared_t *shared,
                                    const char *path, bool clean,
                                    const cctv_state_time_t *time)
{
    char temporary[PATH_MAX];
    cctv_state_status_t status;
    int error;
    int fd;

    if (snprintf(temporary, sizeof temporary, "%s.new", path)
        >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return CCTV_STATE_ERROR;
    }
    status = open_new(temporary, &fd);
    if (status != CCTV_STATE_OK) {
        return status;
    }
    /* The lock goes with the file, so it is renamed before it is closed. */
    if (!write_state(fd, shared, clean, time)
        || rename(temporary, path) != 0) {
        error = errno;
        unlink(temporary);
        errno = error;
        status = CCTV_STATE_ERROR;
    }
    else {
        sync_folder(path);
    }
    error = errno;
    close(fd);
    errno = error;
    return status;
}

/* ---- Reading ---- */

/* A file in memory that was found to be right. */
typedef struct {
    file_head_t head;
    file_end_t end;
    const char *sessions;
    const char *series;
} file_t;

static cctv_state_status_t check(const char *data, size_t len, file_t *file)
{
    size_t fixed = sizeof file->head + sizeof file->end;
    uint64_t known[2];

    if (len < sizeof known) {
        return CCTV_STATE_DAMAGED;
    }
    memcpy(known, data, sizeof known);
    if (known[0] != MAGIC) {
        return CCTV_STATE_DAMAGED;
    }
    if (known[1] != CCTV_STATE_VERSION) {
        return CCTV_STATE_FOREIGN;
    }
    if (len < fixed) {
        return CCTV_STATE_DAMAGED;
    }
    memcpy(&file->head, data, sizeof file->head);
    memcpy(&file->end, data + len - sizeof file->end, sizeof file->end);
    /* Each by itself, so that the sum cannot overflow. */
    if (file->end.sessions > len || file->end.series > len
        || fixed + file->end.sessions * sizeof(file_session_t)
                   + file->end.series * sizeof(file_series_t)
               != len
        || XXH3_64bits(data, len - sizeof file->end.checksum)
               != file->end.checksum) {
        return CCTV_STATE_DAMAGED;
    }
    file->sessions = data + sizeof file->head;
    file->series = file->sessions
                   + file->end.sessions * sizeof(file_session_t);
    return CCTV_STATE_OK;
}

static bool are_labels(const file_series_t *in)
{
    return (in->kind == CCTV_SERIES_STARTS || in->kind == CCTV_SERIES_WATCHED)
           && (in->other || in->camera > 0) && in->country < 1024
           && in->browser < 16 && in->os < 16
           && (in->kind == CCTV_SERIES_STARTS || (in->browser | in->os) == 0);
}

/* All of it before anything is taken over. */
static bool is_sound(const file_t *file)
{
    uint64_t i;

    for (i = 0; i < file->end.sessions; i++) {
        file_session_t in;

        memcpy(&in, file->sessions + i * sizeof in, sizeof in);
        if ((in.secret[0] | in.secret[1]) == 0 || in.camera <= 0
            || in.country >= 1024 || in.started < 0 || in.last < in.started) {
            return false;
        }
    }
    for (i = 0; i < file->end.series; i++) {
        file_series_t in;

        memcpy(&in, file->series + i * sizeof in, sizeof in);
        if (!are_labels(&in)) {
            return false;
        }
    }
    return file->head.saved >= 0 && file->head.interval >= 0
           && file->head.interval <= INTERVAL_MAX;
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static bool is_of_use(const file_series_t *in, uint16_t day,
                      const cctv_state_filter_t *filter)
{
    if (in->other) {
        return true;
    }
    if (filter->idle_days > 0 && day > in->day
        && day - in->day > filter->idle_days) {
        return false;
    }
    return filter->cameras == NULL
           || bsearch(&in->camera, filter->cameras, filter->count,
                      sizeof *filter->cameras, compare)
                  != NULL;
}

static void take_value(cctv_series_t *series, const cctv_labels_t *labels,
                       const file_series_t *in, uint64_t value)
{
    if (in->other) {
        cctv_series_restore(series, cctv_series_other(series, labels->kind),
                            value, in->day);
    }
    else {
        cctv_series_add(series, cctv_series_cell(series, labels), value,
                        in->day);
    }
}

static void take_series(cctv_shared_t *shared, const file_t *file,
                        uint16_t day, const cctv_state_filter_t *filter,
                        cctv_state_report_t *report)
{
    uint64_t i;

    for (i = 0; i < file->end.series; i++) {
        file_series_t in;
        cctv_labels_t labels;

        memcpy(&in, file->series + i * sizeof in, sizeof in);
        if (!is_of_use(&in, day, filter)) {
            report->dropped++;
            continue;
        }
        labels = (cctv_labels_t){ .kind = (cctv_series_kind_t)in.kind,
                                  .camera = in.camera,
                                  .country = in.country,
                                  .browser = in.browser,
                                  .os = in.os };
        take_value(&shared->series, &labels, &in,
                   file->head.clean ? in.value : 0);
        report->series++;
    }
}

/* When it was heard of last, as far as is known; -1: it is over. */
static cctv_time_t last_heard(const file_t *file, const file_session_t *in,
                              const char *boot, cctv_time_t now)
{
    cctv_time_t timeout = (cctv_time_t)in->timeout * 1000;
    bool goes_on;

    /* Times of another boot are on another clock. */
    if (strncmp(boot, file->head.boot, BOOT_SIZE) != 0 || boot[0] == '\0'
        || in->last > now || file->head.saved > now) {
        return -1;
    }
    if (file->head.clean) {
        return now - in->last <= timeout ? in->last : -1;
    }
    /* It may have been heard of until the crash, which was before the next
     * state was due. What was watched until then is counted; from now on it
     * is again. */
    goes_on = now - file->head.saved <= timeout + file->head.interval;
    return goes_on ? now : -1;
}

static void take_sessions(cctv_shared_t *shared, const file_t *file,
                          const char *boot, const cctv_state_time_t *time,
                          cctv_state_report_t *report)
{
    uint64_t i;

    for (i = 0; i < file->end.sessions; i++) {
        file_session_t in;
        cctv_session_t session;
        cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED };

        memcpy(&in, file->sessions + i * sizeof in, sizeof in);
        labels.camera = in.camera;
        labels.country = (uint16_t)in.country;
        session = (cctv_session_t){
            .camera = in.camera,
            .country = (uint16_t)in.country,
            .timeout = in.timeout,
            .user = in.user,
            .role = in.role,
            .client = in.client,
            .started = in.started,
            .last = last_heard(file, &in, boot, time->now),
            .secret = { in.secret[0], in.secret[1] },
            .home = in.home,
        };
        if (session.last >= 0) {
            session.series = cctv_series_cell(&shared->series, &labels);
        }
        if (session.last < 0
            || !cctv_sessions_resume(&shared->sessions, &session)) {
            report->lost_sessions++;
            continue;
        }
        cctv_series_add(&shared->series, session.series, 0, time->day);
        report->sessions++;
    }
}

/* They go on, so they started when they did. */
static void take_counters(cctv_shared_t *shared, const file_t *file)
{
    _Atomic uint64_t *each = (_Atomic uint64_t *)(void *)&shared->head
                                 ->counters;
    size_t i;

    for (i = 0; i < COUNTERS; i++) {
        atomic_store_explicit(&each[i], file->head.counters[i],
                              memory_order_relaxed);
    }
    shared->head->started = file->head.started;
    atomic_store_explicit(&shared->series.head->folded, file->head.folded,
                          memory_order_relaxed);
}

cctv_state_status_t cctv_state_read(cctv_shared_t *shared, const void *data,
                                    size_t len, const char *boot,
                                    const cctv_state_time_t *time,
                                    const cctv_state_filter_t *filter,
                                    cctv_state_report_t *report)
{
    cctv_counters_t *counters = &shared->head->counters;
    cctv_state_status_t status;
    file_t file;

    status = check(data, len, &file);
    if (status == CCTV_STATE_OK && !is_sound(&file)) {
        status = CCTV_STATE_DAMAGED;
    }
    if (status != CCTV_STATE_OK) {
        return status;
    }
    if (filter->no_counters) {
        file.head.clean = 0;
    }
    *report = (cctv_state_report_t){ .clean = file.head.clean != 0 };
    memcpy(shared->head->key, file.head.key, sizeof file.head.key);
    if (report->clean) {
        take_counters(shared, &file);
    }
    take_series(shared, &file, time->day, filter, report);
    take_sessions(shared, &file, boot, time, report);
    if (report->clean) {
        atomic_fetch_add_explicit(&counters->ended[CCTV_ENDED_EXPIRED],
                                  report->lost_sessions, memory_order_relaxed);
    }
    return CCTV_STATE_OK;
}

/* The whole file; free() it. */
static cctv_state_status_t read_file(const char *path, char **data,
                                     size_t *len)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat stat;
    ssize_t n = 1;

    if (fd < 0) {
        return errno == ENOENT ? CCTV_STATE_NONE : CCTV_STATE_ERROR;
    }
    *data = NULL;
    *len = 0;
    if (fstat(fd, &stat) != 0) {
        close(fd);
        return CCTV_STATE_ERROR;
    }
    if (!S_ISREG(stat.st_mode) || stat.st_size > FILE_MAX) {
        close(fd);
        return CCTV_STATE_DAMAGED;
    }
    *data = malloc((size_t)stat.st_size + 1);
    while (*data != NULL && *len < (size_t)stat.st_size && n > 0) {
        n = read(fd, *data + *len, (size_t)stat.st_size - *len);
        *len += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    return *data == NULL || n < 0 ? CCTV_STATE_ERROR : CCTV_STATE_OK;
}

cctv_state_status_t cctv_state_load(cctv_shared_t *shared, const char *path,
                                    const cctv_state_time_t *time,
                                    const cctv_state_filter_t *filter,
                                    cctv_state_report_t *report)
{
    char boot[BOOT_SIZE];
    char *data = NULL;
    size_t len = 0;
    cctv_state_status_t status = read_file(path, &data, &len);

    if (status == CCTV_STATE_OK) {
        read_boot(boot);
        status = cctv_state_read(shared, data, len, boot, time, filter,
                                 report);
    }
    free(data);
    return status;
}
