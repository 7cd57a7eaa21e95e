/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file line.h
 * @brief Writes an event as a line of JSON.
 * Layer: pure.
 */
#ifndef CCTV_EVENTS_LINE_H
#define CCTV_EVENTS_LINE_H

#include "events/event.h"

/** A line of an event of any content fits. */
#define CCTV_LINE_SIZE 4096

/** What all lines of a log have. */
typedef struct {
    const char *node;  /**< the name of this server */
    const char *chain; /**< the hash of the line before; NULL: no chain */
    uint64_t number;   /**< of the line in its chain */
} cctv_line_frame_t;

/**
 * Write the line of an event, with its end of line.
 *
 * @param out  CCTV_LINE_SIZE bytes
 * @return the number of bytes
 * Thread-safe.
 */
size_t cctv_line_write(const cctv_log_event_t *event,
                       const cctv_line_frame_t *frame, char *out);

/** As cctv_line_write(), the line that tells how many events are missing
 *  before it.
 *  @param time  µs since 1970 */
size_t cctv_line_write_missing(uint64_t missing, int64_t time,
                               const cctv_line_frame_t *frame, char *out);

#endif
