/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file picture.h
 * @brief What the reports of a viewer say about the picture of its camera.
 * Layer: pure.
 *
 * Janus relays the packets of a camera without looking into them, so only
 * viewers know whether they are a picture. What Chromium reports, measured:
 *
 * - B-frames: of 24 frames that it receives it decodes 2, drops one of these,
 *   and asks for a keyframe 9 times.
 * - No keyframe, or no parameter sets: it receives no frame, and asks for a
 *   keyframe 5 times a second.
 */
#ifndef CCTV_VIDEO_PICTURE_H
#define CCTV_VIDEO_PICTURE_H

#include "quality/quality.h"
#include "video/failures.h"

/** How long a viewer waits for a keyframe until keyframes are rare: ms. */
#define CCTV_KEYFRAME_WAIT 10000

/** If viewers have waited for so long after that, in which Janus would have
 *  stored a keyframe, there are no parameter sets: µs. */
#define CCTV_PARAMETER_SETS_WAIT 15000000

typedef enum {
    CCTV_PICTURE_UNKNOWN, /**< the report does not say */
    CCTV_PICTURE_GOOD,
    CCTV_PICTURE_FAILS
} cctv_picture_t;

/**
 * Judge a report.
 *
 * @param age     of the view: ms
 * @param before  the last failure of the camera
 * @param why     written with CCTV_PICTURE_FAILS
 * Thread-safe.
 */
cctv_picture_t cctv_picture_judge(const cctv_quality_step_t *step, int64_t age,
                                  const cctv_failed_t *before,
                                  cctv_failure_t *why);

#endif
