/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file log.c
 * @brief One event log: how a batch of lines gets into it exactly once.
 * Layer: pure.
 */
#include "events/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The word: the state that holds (1 bit) and the phase. */
#define INDEX(w) ((w)&1)
#define PHASE(w) ((cctv_log_phase_t)((w) >> 1))

static uint32_t word_of(const cctv_log_t *log)
{
    return atomic_load(&log->word);
}

static void enter(cctv_log_t *log, cctv_log_phase_t phase, uint32_t index)
{
    atomic_store(&log->word, (uint32_t)phase << 1 | index);
}

/* The batch has arrived: the other state holds. */
static void commit(cctv_log_t *log)
{
    enter(log, CCTV_LOG_IDLE, 1 - INDEX(word_of(log)));
}

bool cctv_log_is_busy(const cctv_log_t *log)
{
    return PHASE(word_of(log)) != CCTV_LOG_IDLE;
}

cctv_log_state_t *cctv_log_other(cctv_log_t *log)
{
    return &log->states[1 - INDEX(word_of(log))];
}

cctv_log_state_t *cctv_log_next(cctv_log_t *log)
{
    return cctv_log_is_busy(log) ? cctv_log_other(log)
                                 : &log->states[INDEX(word_of(log))];
}

const cctv_log_state_t *cctv_log_current(const cctv_log_t *log)
{
    return &log->states[INDEX(word_of(log))];
}

void cctv_log_begin(cctv_log_t *log)
{
    log->offset = -1;
    enter(log, CCTV_LOG_WRITTEN, INDEX(word_of(log)));
}

/* ---- Targets ---- */

bool cctv_log_target_open(cctv_log_target_t *target, int fd)
{
    struct stat status;

    *target = (cctv_log_target_t){ .fd = fd, .inner = { -1, -1 } };
    if (fstat(fd, &status) != 0) {
        return false;
    }
    target->is_file = S_ISREG(status.st_mode);
    target->is_pipe = S_ISFIFO(status.st_mode);
    return !target->is_pipe
           || pipe2(target->inner, O_NONBLOCK | O_CLOEXEC) == 0;
}

void cctv_log_target_close(cctv_log_target_t *target)
{
    int i;

    for (i = 0; i < 2; i++) {
        if (target->inner[i] >= 0) {
            close(target->inner[i]);
            target->inner[i] = -1;
        }
    }
}

/* ---- A file ---- */

static int64_t size_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? (int64_t)status.st_size : 0;
}

/* @return how many bytes of the batch the file has */
static int64_t arrived(const cctv_log_t *log, int fd)
{
    int64_t done = log->offset < 0 ? 0 : size_of(fd) - log->offset;

    return done < 0 ? 0 : done > log->len ? log->len : done;
}

static cctv_log_outcome_t send_to_file(cctv_log_t *log, int fd)
{
    int64_t done;

    /* The file is smaller if somebody has made it empty to rotate it. */
    if (log->offset < 0 || log->offset > size_of(fd)) {
        log->offset = size_of(fd);
    }
    for (done = arrived(log, fd); done < log->len;) {
        ssize_t n = write(fd, log->batch + done, (size_t)(log->len - done));

        if (n <= 0 && errno != EINTR) {
            return CCTV_LOG_FAILED;
        }
        done += n > 0 ? n : 0;
    }
    commit(log);
    return CCTV_LOG_DONE;
}

/* ---- A pipe ---- */

static uint32_t waiting_in(int fd)
{
    int n = 0;

    return ioctl(fd, FIONREAD, &n) == 0 && n > 0 ? (uint32_t)n : 0;
}

static void make_empty(int fd)
{
    char bytes[CCTV_BATCH_SIZE];

    while (read(fd, bytes, sizeof bytes) > 0) {
    }
}

/* @return false: errno has the reason */
static bool fill_inner(cctv_log_t *log, const cctv_log_target_t *target)
{
    if (log->offset < 0 || waiting_in(target->inner[0]) != log->len) {
        make_empty(target->inner[0]);
        log->offset = 0;
        if (write(target->inner[1], log->batch, log->len)
            != (ssize_t)log->len) {
            return false;
        }
    }
    enter(log, CCTV_LOG_MOVED, INDEX(word_of(log)));
    return true;
}

static cctv_log_outcome_t send_to_pipe(cctv_log_t *log,
                                       const cctv_log_target_t *target)
{
    if (PHASE(word_of(log)) == CCTV_LOG_WRITTEN && !fill_inner(log, target)) {
        return CCTV_LOG_FAILED;
    }
    while (waiting_in(target->inner[0]) > 0) {
        if (splice(target->inner[0], NULL, target->fd, NULL, log->len,
                   SPLICE_F_NONBLOCK)
                <= 0
            && errno != EINTR) {
            return errno == EAGAIN ? CCTV_LOG_LATER : CCTV_LOG_FAILED;
        }
    }
    commit(log);
    return CCTV_LOG_DONE;
}

/* ---- Both ---- */

/* Of a device nobody can tell what has arrived. */
static cctv_log_outcome_t send_to_device(cctv_log_t *log, int fd)
{
    ssize_t n = write(fd, log->batch, log->len);

    if (n < 0) {
        return errno == EAGAIN || errno == EINTR ? CCTV_LOG_LATER
                                                 : CCTV_LOG_FAILED;
    }
    commit(log);
    return CCTV_LOG_DONE;
}

cctv_log_outcome_t cctv_log_send(cctv_log_t *log,
                                 const cctv_log_target_t *target)
{
    if (!cctv_log_is_busy(log)) {
        return CCTV_LOG_DONE;
    }
    if (target->is_file) {
        return send_to_file(log, target->fd);
    }
    return target->is_pipe ? send_to_pipe(log, target)
                           : send_to_device(log, target->fd);
}

uint32_t cctv_log_settle(cctv_log_t *log, const cctv_log_target_t *target)
{
    uint32_t word = word_of(log);
    int64_t done = 0;

    if (target->is_file && PHASE(word) == CCTV_LOG_WRITTEN) {
        done = arrived(log, target->fd);
    }
    if (target->is_pipe && PHASE(word) == CCTV_LOG_MOVED) {
        done = (int64_t)log->len - waiting_in(target->inner[0]);
    }
    if (done > 0) {
        commit(log);
        return done < log->len ? log->lines : 0;
    }
    if (PHASE(word) != CCTV_LOG_IDLE) {
        cctv_log_begin(log);
    }
    return 0;
}

uint32_t cctv_log_give_up(cctv_log_t *log)
{
    uint32_t index = INDEX(word_of(log));

    if (!cctv_log_is_busy(log)) {
        return 0;
    }
    /* Events that were skipped while the batch was on its way are missing,
     * too. */
    log->states[index].missing += log->lines + log->states[1 - index].missing;
    log->states[index].cursor = log->states[1 - index].cursor;
    enter(log, CCTV_LOG_IDLE, index);
    return log->lines;
}
