/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file log.h
 * @brief One event log: what is known of it in shared memory, and how a batch
 *        of lines gets into it exactly once.
 * Layer: pure.
 *
 * One process at a time writes the logs, and it may be killed anywhere. So
 * each log has two states in shared memory, the one before and the one after
 * a batch, and a word that says which of them holds:
 *
 *     idle i      state i
 *     written i   state i; the batch is on its way, then state 1 - i holds
 *     moved i     as written; the batch is in the inner pipe
 *
 * A process that takes over has to find out whether the batch has arrived. Of
 * a file it is the size that tells: nobody else writes to it. A pipe does not
 * tell what was written to it. So a batch is written to an inner pipe of our
 * own, whose length tells, and is moved from there by splice(2): what has
 * left the inner pipe has arrived. A batch fits into a page, so it is moved as
 * a whole.
 */
#ifndef CCTV_EVENTS_LOG_H
#define CCTV_EVENTS_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** The most bytes of a batch, and of a line: those of a page and of an atomic
 *  write to a pipe. */
#define CCTV_BATCH_SIZE 4096

#define CCTV_CHAIN_SIZE 16

/** As much as a pipe holds. */
#define CCTV_REST_SIZE 65536

/** Up to where a log is written. */
typedef struct {
    uint64_t cursor;  /**< the first position of the queue that is not in it */
    uint64_t lines;   /**< the number of its last line */
    uint64_t missing; /**< how many events it does not get, and not told yet */
    unsigned char chain[CCTV_CHAIN_SIZE]; /**< the hash of its last line */
} cctv_log_state_t;

typedef enum {
    CCTV_LOG_IDLE,
    CCTV_LOG_WRITTEN,
    CCTV_LOG_MOVED
} cctv_log_phase_t;

/** In shared memory, all zero at the start. Only the process that writes the
 *  logs uses it, but `word` orders what it does for the next one. */
typedef struct {
    uint64_t name; /**< a hash of its directive; 0: there is no such log */
    _Atomic uint32_t word;
    uint32_t is_stuck; /**< it does not take what is to be written */
    cctv_log_state_t states[2];
    int64_t offset; /**< the size of the file before the batch; negative: the
                     *   batch begins anew */
    uint32_t len;   /**< bytes of the batch */
    uint32_t lines; /**< events of the batch */
    char batch[CCTV_BATCH_SIZE];
    /** What the program of a piped log had not read at a reload. */
    uint32_t rest_len;
    char rest[CCTV_REST_SIZE];
} cctv_log_t;

/** Where a log goes. */
typedef struct {
    int fd;
    bool is_pipe;
    bool is_file; /**< a regular file; if neither, a device */
    int inner[2]; /**< of a pipe: the ends to read from and to write to */
} cctv_log_target_t;

typedef enum {
    CCTV_LOG_DONE,  /**< nothing is on its way any more */
    CCTV_LOG_LATER, /**< a pipe is full */
    CCTV_LOG_FAILED /**< errno has the reason */
} cctv_log_outcome_t;

/** Find out what a descriptor is, and make the inner pipe of a pipe.
 *  @return false: errno has the reason */
bool cctv_log_target_open(cctv_log_target_t *target, int fd);

void cctv_log_target_close(cctv_log_target_t *target);

/** @return the state that holds once the batch on its way has arrived */
cctv_log_state_t *cctv_log_next(cctv_log_t *log);

/** @return the state that holds now */
const cctv_log_state_t *cctv_log_current(const cctv_log_t *log);

/** @return whether a batch is on its way */
bool cctv_log_is_busy(const cctv_log_t *log);

/** Send the batch on its way: `batch`, `len`, `lines` and the other state have
 *  been filled in; cctv_log_other() has it. */
void cctv_log_begin(cctv_log_t *log);

/** @return the state that does not hold, of an idle log */
cctv_log_state_t *cctv_log_other(cctv_log_t *log);

/** Go on with the batch on its way, if there is one. Does not block, unless a
 *  disk does. */
cctv_log_outcome_t cctv_log_send(cctv_log_t *log,
                                 const cctv_log_target_t *target);

/** Before the target is closed: find out whether the batch on its way has
 *  arrived. If not, it goes to the next target.
 *  @return how many events have arrived in part, and are lost */
uint32_t cctv_log_settle(cctv_log_t *log, const cctv_log_target_t *target);

/** Drop the batch on its way, of which nothing has arrived.
 *  @return how many events it had */
uint32_t cctv_log_give_up(cctv_log_t *log);

#endif
