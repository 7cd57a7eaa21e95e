/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.h
 * @brief The result of a call of Janus.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_STATUS_H
#define CCTV_JANUS_STATUS_H

#include <stdbool.h>

typedef enum {
    CCTV_JANUS_OK,
    /** Janus answered with an error: see code and reason */
    CCTV_JANUS_REFUSED,
    CCTV_JANUS_LOST, /**< no connection, or it broke */
    CCTV_JANUS_LATE, /**< the deadline passed */
    CCTV_JANUS_WRONG /**< the answer is not usable */
} cctv_janus_status_t;

/** Whether Janus has answered, possibly with an error. */
static inline bool cctv_janus_has_answered(cctv_janus_status_t status)
{
    return status == CCTV_JANUS_OK || status == CCTV_JANUS_REFUSED;
}

#endif
