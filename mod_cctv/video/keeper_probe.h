/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_probe.h
 * @brief A task of the keeper: ask Janus once a second whether it is there.
 * Layer: pure.
 *
 * It does so whatever the breaker says and whatever requests do, with a Janus
 * session of its own: where that is not known any more, Janus was started
 * anew and has lost all sessions.
 */
#ifndef CCTV_VIDEO_KEEPER_PROBE_H
#define CCTV_VIDEO_KEEPER_PROBE_H

#include "video/keeper_calls.h"
#include "video/keeper_views.h"

typedef struct {
    cctv_keeper_t *keeper;
    cctv_keeper_views_t *views;
    uint64_t session; /**< its own; 0: none */
    cctv_time_t
        silent_since;    /**< the first probe without an answer; 0: none */
    int lost;            /**< probes in a row that found no connection */
    bool has_lost_views; /**< since Janus answered last */
} cctv_keeper_probe_t;

/** A step of cctv_work_t. */
int64_t cctv_keeper_probe(void *probe);

#endif
