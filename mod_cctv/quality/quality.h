/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file quality.h
 * @brief Counts what clients report about the video of their views.
 * Layer: pure.
 *
 * A client may report anything. So nothing is counted that cannot be true:
 * at most CCTV_FRAME_RATE_MAX frames a second, and no first picture that is
 * older than the request for the view.
 *
 * All functions are safe between threads and processes and never block.
 */
#ifndef CCTV_QUALITY_QUALITY_H
#define CCTV_QUALITY_QUALITY_H

#include "quality/memory.h"

/** The longest time to a first picture, and the longest round trip: ms. */
#define CCTV_FIRST_PICTURE_MAX 60000
#define CCTV_ROUND_TRIP_MAX    60000

/** The most frames, requests for keyframes, and freezes in a second. */
#define CCTV_FRAME_RATE_MAX  240
#define CCTV_PLI_RATE_MAX    20
#define CCTV_FREEZE_RATE_MAX 10

/** The shortest time between two reports of a view: ms. A report that comes
 *  sooner is ignored; the next one has its totals, too. */
#define CCTV_REPORT_PAUSE 500

/** What a report has added to the totals of its view. */
typedef struct {
    int64_t interval;      /**< the time since the report before: ms */
    int64_t first_picture; /**< negative: there was none, or it was counted
                            *   before: ms */
    uint32_t added[CCTV_TOTAL_COUNT];
} cctv_quality_step_t;

/**
 * Note that a view has started.
 *
 * @param lead  how long its request had taken until the view started: µs
 */
void cctv_quality_begin(cctv_quality_t *quality, const cctv_view_t *view,
                        int64_t lead);

/**
 * Count a report of a view that plays.
 *
 * @param step  gets what was added
 * @return false: the report was ignored
 */
bool cctv_quality_note(cctv_quality_t *quality, const cctv_view_t *view,
                       const cctv_report_t *report, cctv_time_t now,
                       cctv_quality_step_t *step);

/** Read what a view has reported so far.
 *  @return false: nothing yet */
bool cctv_quality_look(const cctv_quality_t *quality, const cctv_view_t *view,
                       uint32_t totals[CCTV_TOTAL_COUNT]);

/** A function of cctv_quality_region (memory/region.h). The file does not say
 *  what the views have reported. So their first report after a restart is
 *  compared with later ones, and counts nothing itself. */
void cctv_quality_loaded(const cctv_state_load_t *load);

#endif
