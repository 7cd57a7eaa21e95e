/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file server.h
 * @brief A Janus, as a process sees it: all that belongs to one server of
 *        video.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_SERVER_H
#define CCTV_VIDEO_SERVER_H

#include "guard/gate.h"
#include "views/discard.h"
#include "janus/janus.h"
#include "video/janus_region.h"
#include "janus/mountpoint.h"
#include "video/cold.h"
#include "video/failures.h"

typedef struct {
    /** What all processes share: the breaker, and the Janus sessions that
     *  are to be destroyed. */
    cctv_janus_region_t *region;
    const cctv_discard_t *discarded;
    /** The client of requests, and the one of the keeper, which can be
     *  stopped while requests go on. */
    cctv_janus_t *client;
    cctv_janus_t *keeper_client;
    /** How many requests may be in Janus. */
    cctv_gate_t gate;
    /** Which requests wait for cameras to connect. */
    cctv_cold_t cold;
    /** Cameras that failed lately; shared by all processes. */
    cctv_failures_t *failures;
    cctv_mountpoint_rules_t rules;
    int64_t idle_timeout; /**< of mountpoints: µs */
    bool has_admin;       /**< whether its admin API is known */
} cctv_janus_server_t;

#endif
