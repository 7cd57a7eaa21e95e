/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file feedback.h
 * @brief Tells from the reports that a viewer sends to Janus (RTCP) whether
 *        the viewer is still there.
 * Layer: pure.
 *
 * Janus 1.1.2 notices after 50 s that a viewer was killed. It does not tell
 * when a report came in, but it tells numbers from the last one: round trip,
 * jitter, loss, NACKs, bandwidth. A browser sends a report each second, and two
 * reports in a row hardly ever have the same numbers. So a viewer is gone if
 * its numbers stand still.
 *
 * Players differ in how often they report, so this learns: for each view it
 * knows the longest run of looks that saw the same numbers before they changed
 * again. All that is known is one word, which is part of the view; a new view
 * has 0.
 */
#ifndef CCTV_VIDEO_FEEDBACK_H
#define CCTV_VIDEO_FEEDBACK_H

#include "core/clock.h"

#include <jansson.h>
#include <stdint.h>

/** What a look at the numbers says about the viewer. */
typedef enum {
    CCTV_FEEDBACK_UNKNOWN, /**< it has not sent a report yet */
    CCTV_FEEDBACK_THERE,   /**< there was a report since the last look */
    CCTV_FEEDBACK_SAME,    /**< perhaps there was none */
    CCTV_FEEDBACK_GONE     /**< there was none for too long */
} cctv_feedback_t;

/**
 * Make one number of all that reports change, from Janus's statistics of a
 * medium: an element of a media event, or the merged parts of handle_info.
 *
 * @return 0: there was no report yet, or nothing is known about reports
 */
uint32_t cctv_feedback_of(const json_t *stats);

/**
 * Compare numbers with those of the last look.
 *
 * @param word   what is known of the view; gets what is known now
 * @param stats  from cctv_feedback_of()
 * @param since  the time since the last CCTV_FEEDBACK_THERE: µs
 */
cctv_feedback_t cctv_feedback_note(uint64_t *word, uint32_t stats,
                                   int64_t since);

/** @return the time between the last two CCTV_FEEDBACK_THERE, at most 25 s;
 *          0: not known: µs */
int64_t cctv_feedback_interval(uint64_t word);

#endif
