/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state_load.c
 * @brief Reads the state file.
 * Layer: pure.
 */
#include "shared/state_file.h"
#include "views/views.h"

#include <xxhash.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No state is larger; no file that is may eat the memory. */
#define FILE_MAX ((off_t)1 << 30)

/* A day between two states: µs. */
#define INTERVAL_MAX INT64_C(86400000000)

/* A file in memory that was found to be right. */
typedef struct {
    cctv_state_head_t head;
    cctv_state_end_t end;
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
    if (known[0] != CCTV_STATE_MAGIC) {
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
        || fixed + file->end.sessions * sizeof(cctv_state_session_t)
                   + file->end.series * sizeof(cctv_state_series_t)
               != len
        || XXH3_64bits(data, len - sizeof file->end.checksum)
               != file->end.checksum) {
        return CCTV_STATE_DAMAGED;
    }
    file->sessions = data + sizeof file->head;
    file->series = file->sessions
                   + file->end.sessions * sizeof(cctv_state_session_t);
    return CCTV_STATE_OK;
}

static bool are_labels(const cctv_state_series_t *in)
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
        cctv_state_session_t in;

        memcpy(&in, file->sessions + i * sizeof in, sizeof in);
        if ((in.secret[0] | in.secret[1]) == 0 || in.camera <= 0
            || in.country >= 1024 || in.started < 0 || in.last < in.started
            || in.way > CCTV_WAY_PROXY || in.janus >> 53 != 0
            || (in.way == CCTV_WAY_NONE && in.answered < 0)) {
            return false;
        }
    }
    for (i = 0; i < file->end.series; i++) {
        cctv_state_series_t in;

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

static bool is_of_use(const cctv_state_series_t *in, uint16_t day,
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
                       const cctv_state_series_t *in, uint64_t value)
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
        cctv_state_series_t in;
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
static cctv_time_t last_heard(const file_t *file,
                              const cctv_state_session_t *in, const char *boot,
                              cctv_time_t now)
{
    cctv_time_t timeout = (cctv_time_t)in->timeout * 1000;
    bool goes_on;

    /* Times of another boot are on another clock. */
    if (strncmp(boot, file->head.boot, CCTV_STATE_BOOT_SIZE) != 0
        || boot[0] == '\0' || in->last > now || file->head.saved > now) {
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
        cctv_state_session_t in;
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
            .way = (cctv_way_t)in.way,
            .answered = in.answered,
            .janus = in.janus,
            .handle = in.handle,
            .is_gone = in.is_gone != 0,
        };
        if (session.last >= 0) {
            session.series = cctv_series_cell(&shared->series, &labels);
        }
        if (session.last < 0
            || !cctv_view_resume(shared, &session)) {
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

    for (i = 0; i < CCTV_STATE_COUNTERS; i++) {
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
    char boot[CCTV_STATE_BOOT_SIZE];
    char *data = NULL;
    size_t len = 0;
    cctv_state_status_t status = read_file(path, &data, &len);

    if (status == CCTV_STATE_OK) {
        cctv_state_read_boot(boot);
        status = cctv_state_read(shared, data, len, boot, time, filter,
                                 report);
    }
    free(data);
    return status;
}
