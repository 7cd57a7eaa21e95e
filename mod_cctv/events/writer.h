/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writer.h
 * @brief Writes the events of the queue to all event logs.
 * Layer: pure.
 *
 * One process at a time may call these functions. It may be killed anywhere.
 */
#ifndef CCTV_EVENTS_WRITER_H
#define CCTV_EVENTS_WRITER_H

#include "core/clock.h"
#include "events/memory.h"

/** What a process needs to write the logs. */
typedef struct {
    cctv_events_t *events;
    cctv_log_target_t targets[CCTV_LOGS_MAX];
    uint32_t count;
    const char *node;
    const char *chain_key; /**< NULL: no chain */
    /** Told when a log does not take lines, and when it does again; `number`
     *  counts from 0. */
    void (*tell_stuck)(uint32_t number, uint64_t missing, int error);
    void (*tell_goes_on)(uint32_t number, uint64_t missing);
    /** Whether the slot of an owner will be recovered, so that its event has
     *  to be waited for. NULL: no. */
    bool (*is_recovered)(uint32_t slot);
    /** The positions that the logs had got to, and when. */
    uint64_t reached[CCTV_LOGS_MAX];
    cctv_time_t moved[CCTV_LOGS_MAX];
    /** The position that is waited for, and since when. */
    uint64_t awaited;
    cctv_time_t since;
} cctv_writer_t;

/** So long ends wait for a log that gets nothing: µs. */
#define CCTV_LOG_PATIENCE 1000000

/** A position whose owner lives and does not fill it is given up after this
 *  time: µs. */
#define CCTV_OWNER_PATIENCE 10000000

/**
 * Give the logs of a configuration their places in shared memory. A log that
 * was there before goes on where it stopped; a new one begins with the next
 * event. Call it while no process writes.
 *
 * @param names  hashes of the directives, all different, not 0
 */
void cctv_writer_set_logs(cctv_events_t *events, const uint64_t *names,
                          uint32_t count);

/**
 * Write what is ready to all logs. If a log does not take it and the queue
 * fills up, the oldest events are dropped for this log.
 *
 * @param wall  µs since 1970
 * @return whether every log has got everything that is ready
 */
bool cctv_writer_step(cctv_writer_t *writer, cctv_time_t now, int64_t wall);

/** Before the targets are closed: find out what has arrived. */
void cctv_writer_settle(cctv_writer_t *writer);

/** Before the server ends: drop what has not arrived. */
void cctv_writer_give_up(cctv_writer_t *writer);

#endif
