/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_probe.h
 * @brief A task of the keeper: ask Janus once a second whether it answers.
 * Layer: pure.
 *
 * The probe does not depend on the breaker or on requests. It has a Janus
 * session of its own: if Janus does not know that session any more, Janus was
 * restarted and has lost all Janus sessions. While Janus answers, the views are
 * compared with the list of its sessions now and then (keeper_sessions.h).
 */
#ifndef CCTV_VIDEO_KEEPER_PROBE_H
#define CCTV_VIDEO_KEEPER_PROBE_H

#include "video/keeper_calls.h"
#include "video/keeper_sessions.h"
#include "video/keeper_views.h"

typedef struct {
    cctv_keeper_t *keeper;
    cctv_keeper_views_t *views;
    cctv_keeper_sessions_t *sessions;
    uint64_t session; /**< its Janus session; 0: none */
    cctv_time_t
        silent_since;    /**< when the first probe without an answer began;
                          *   0: the last probe was answered */
    int lost;            /**< probes in a row that could not connect */
    bool has_lost_views; /**< whether the views were marked as lost since
                          *   Janus answered last */
} cctv_keeper_probe_t;

/** A step of cctv_work_t: one probe. */
int64_t cctv_keeper_probe(void *probe);

#endif
