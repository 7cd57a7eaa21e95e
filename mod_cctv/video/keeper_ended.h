/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_ended.h
 * @brief A task of the keeper: destroy the Janus sessions of views that have
 *        ended (discard.h), of its server.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_ENDED_H
#define CCTV_VIDEO_KEEPER_ENDED_H

#include "video/keeper_calls.h"

/** How many threads do this task at the same time, at most. */
#define CCTV_KEEPER_ENDED_THREADS 8

typedef struct {
    cctv_keeper_t *keeper;
    pthread_mutex_t mutex;
    uint32_t place;          /**< the place of the ring to look at next */
    uint64_t next;           /**< `next` of the ring when this round began */
    cctv_time_t round_due;   /**< when the next round begins even if nothing
                              *   new was put into the ring */
    cctv_time_t rests_until; /**< the end of the pause after Janus did not
                              *   destroy one, for example because Janus's
                              *   secret has changed */
    uint64_t busy[CCTV_KEEPER_ENDED_THREADS]; /**< the entries that threads are
                                               *   working on; 0: none */
} cctv_keeper_ended_t;

/** A step of cctv_work_t: destroy one Janus session. */
int64_t cctv_keeper_ended(void *ended);

#endif
