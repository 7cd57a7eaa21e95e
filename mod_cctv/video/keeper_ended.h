/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_ended.h
 * @brief A task of the keeper: destroy the Janus sessions of views that have
 *        ended (discard.h).
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_ENDED_H
#define CCTV_VIDEO_KEEPER_ENDED_H

#include "video/keeper_calls.h"

/** How many threads do it at the same time. */
#define CCTV_KEEPER_ENDED_THREADS 8

typedef struct {
    cctv_keeper_t *keeper;
    pthread_mutex_t mutex;
    uint32_t place;          /**< of the ring, the next one to look at */
    uint64_t next;           /**< of the ring, when this round began */
    cctv_time_t round_due;   /**< a round without anything new, or after a
                             *   failure */
    cctv_time_t rests_until; /**< after Janus did not destroy one: its secret
                              *   may be another */
    uint64_t busy[CCTV_KEEPER_ENDED_THREADS]; /**< ids under way; 0: none */
} cctv_keeper_ended_t;

/** A step of cctv_work_t: one Janus session. */
int64_t cctv_keeper_ended(void *ended);

#endif
