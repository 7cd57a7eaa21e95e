/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file picture.c
 * @brief What the reports of a viewer say about the picture of its camera.
 * Layer: pure.
 */
#include "video/picture.h"

/* A report says nothing about fewer frames than this. */
#define FRAMES 10

/* A viewer that lacks something asks for a keyframe at least this often. */
#define REQUESTS 3

static bool is_good(const cctv_quality_step_t *step)
{
    uint32_t received = step->added[CCTV_TOTAL_RECEIVED];

    return received >= FRAMES
           && step->added[CCTV_TOTAL_DECODED] >= received - received / 4;
}

/* A slow machine decodes few frames, too, but does not ask for keyframes. A bad
 * network makes it ask, but then it does not drop what it has decoded. */
static bool has_b_frames(const cctv_quality_step_t *step)
{
    uint32_t received = step->added[CCTV_TOTAL_RECEIVED];
    uint32_t decoded = step->added[CCTV_TOTAL_DECODED];

    return received >= FRAMES && decoded > 0 && decoded <= received / 4
           && step->added[CCTV_TOTAL_DROPPED] > 0
           && step->added[CCTV_TOTAL_PLI] >= REQUESTS;
}

static bool waits_for_keyframe(const cctv_quality_step_t *step, int64_t age)
{
    return age >= CCTV_KEYFRAME_WAIT && step->added[CCTV_TOTAL_RECEIVED] == 0
           && step->added[CCTV_TOTAL_DECODED] == 0
           && step->added[CCTV_TOTAL_PLI] >= REQUESTS;
}

cctv_picture_t cctv_picture_judge(const cctv_quality_step_t *step, int64_t age,
                                  const cctv_failed_t *before,
                                  cctv_failure_t *why)
{
    if (is_good(step)) {
        return CCTV_PICTURE_GOOD;
    }
    if (has_b_frames(step)) {
        *why = CCTV_FAILURE_B_FRAMES;
        return CCTV_PICTURE_FAILS;
    }
    if (waits_for_keyframe(step, age)) {
        *why = before->why == CCTV_FAILURE_NO_PARAMETER_SETS
                       || (before->why == CCTV_FAILURE_RARE_KEYFRAMES
                           && before->ago >= CCTV_PARAMETER_SETS_WAIT)
                   ? CCTV_FAILURE_NO_PARAMETER_SETS
                   : CCTV_FAILURE_RARE_KEYFRAMES;
        return CCTV_PICTURE_FAILS;
    }
    return CCTV_PICTURE_UNKNOWN;
}
