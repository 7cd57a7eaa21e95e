/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file server.h
 * @brief One Janus server, as a process sees it.
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
    /** Shared by all processes: the breaker, and the Janus sessions that are
     *  to be destroyed. */
    cctv_janus_region_t *region;
    const cctv_discard_t *discarded;
    /** The HTTP clients of requests and of the keeper. The keeper's client can
     *  be stopped while requests go on. */
    cctv_janus_t *client;
    cctv_janus_t *keeper_client;
    /** Limits how many requests of this process call Janus at once. */
    cctv_gate_t gate;
    /** Limits how many requests of this process wait for cameras. */
    cctv_cold_t cold;
    /** The memory of failures; shared by all processes. */
    cctv_failures_t *failures;
    cctv_mountpoint_rules_t rules;
    int64_t idle_timeout; /**< lifetime of a mountpoint without a view: µs */
    bool has_admin;       /**< whether the URL of its admin API is set */
} cctv_janus_server_t;

#endif
