/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file server.h
 * @brief A Janus server, as a process sees it.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_SERVER_H
#define CCTV_VIDEO_SERVER_H

#include "guard/gate.h"
#include "views/discard.h"
#include "janus/janus.h"
#include "video/janus_region.h"
#include "janus/mountpoint.h"
#include "video/failures.h"
#include "video/pulls.h"

/** What the log calls a server and its directives. */
typedef struct {
    const char *title;  /**< such as "Janus", or "Janus east" */
    const char *url;    /**< such as "CCTVJanusURL" */
    const char *admin;  /**< such as "CCTVJanusAdminURL" */
    const char *secret; /**< such as "the secret of CCTVJanusSecretFile" */
} cctv_server_words_t;

typedef struct {
    const char *name; /**< "": that of CCTVJanusURL */
    uint16_t key;     /**< see server_key.h */
    int place;        /**< of its region */
    unsigned weight;
    uint32_t max;     /**< the most views; 0: no limit */
    bool is_draining; /**< it takes no new views */
    cctv_server_words_t words;
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
    /** The memory of failures; shared by all processes. */
    cctv_failures_t *failures;
    cctv_mountpoint_rules_t rules;
    int64_t idle_timeout; /**< lifetime of a mountpoint without a view: µs */
    bool has_admin;       /**< whether the URL of its admin API is set */
    /** Which servers are connected to a camera; NULL: there is only one. */
    cctv_pulls_t *pulls;
} cctv_janus_server_t;

#endif
