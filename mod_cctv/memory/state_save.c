/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state_save.c
 * @brief Writes the state file.
 * Layer: pure.
 */
#include "memory/state_file.h"

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

#define BOOT_FILE "/proc/sys/kernel/random/boot_id"

#define BUFFER_SIZE 65536

_Static_assert(sizeof(cctv_state_head_t) <= BUFFER_SIZE, "more than a buffer");

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

void cctv_state_read_boot(char *boot)
{
    FILE *file = fopen(BOOT_FILE, "re");

    memset(boot, 0, CCTV_STATE_BOOT_SIZE);
    if (file != NULL) {
        if (fgets(boot, CCTV_STATE_BOOT_SIZE, file) == NULL) {
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

    for (i = 0; i < CCTV_STATE_COUNTERS; i++) {
        to[i] = cctv_counted(&each[i]);
    }
}

static void put_head(file_writer_t *writer, const cctv_shared_t *shared,
                     bool clean, const cctv_state_time_t *time)
{
    cctv_state_head_t head = { .magic = CCTV_STATE_MAGIC,
                               .version = CCTV_STATE_VERSION,
                               .clean = clean,
                               .saved = time->now,
                               .interval = time->interval,
                               .started = shared->head->started,
                               .folded = cctv_counted(
                                   &shared->series.head->folded) };

    cctv_state_read_boot(head.boot);
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
            const cctv_state_session_t out = {
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
                .answered = session.answered,
                .janus = session.janus,
                .handle = session.handle,
                .way = (uint32_t)session.way,
                .is_gone = session.is_gone,
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
            const cctv_state_series_t out = {
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
    cctv_state_end_t end = { 0 };
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
        put(writer, &end, offsetof(cctv_state_end_t, checksum));
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
