/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_sessions.h
 * @brief Compares the views with the list of all Janus sessions, in case the
 *        event that one has ended was lost.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_SESSIONS_H
#define CCTV_VIDEO_KEEPER_SESSIONS_H

#include "video/keeper_calls.h"

typedef struct {
    cctv_keeper_t *keeper;
    cctv_time_t due;
    uint64_t *missed; /**< for each slot the Janus session that the last list
                       *   did not have; 0: none */
} cctv_keeper_sessions_t;

/** @return false: out of memory */
bool cctv_keeper_sessions_init(cctv_keeper_sessions_t *sessions,
                               cctv_keeper_t *keeper);

void cctv_keeper_sessions_free(cctv_keeper_sessions_t *sessions);

/** If it is due and there are views with video, get the list by the admin API,
 *  and note which views have lost their Janus session. */
void cctv_keeper_sessions(cctv_keeper_sessions_t *sessions);

#endif
