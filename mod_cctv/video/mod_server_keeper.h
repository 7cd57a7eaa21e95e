/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_server_keeper.h
 * @brief The keeper of one Janus server, in the child that does the background
 *        work: its tasks and their threads.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SERVER_KEEPER_H
#define CCTV_VIDEO_MOD_SERVER_KEEPER_H

#include "video/keeper_ended.h"
#include "video/keeper_mountpoints.h"
#include "video/keeper_probe.h"
#include "video/keeper_views.h"
#include "video/mod_proxied.h"
#include "video/workers.h"

#include "httpd.h"

/** The number of tasks that have threads of their own. */
#define CCTV_SERVER_KEEPER_TASKS 5

typedef struct {
    cctv_keeper_t calls;
    cctv_keeper_views_t views;
    cctv_keeper_ended_t ended;
    cctv_keeper_mountpoints_t mountpoints;
    cctv_keeper_sessions_t sessions;
    cctv_keeper_probe_t probe;
    cctv_proxied_check_t proxied;
    cctv_work_t tasks[CCTV_SERVER_KEEPER_TASKS];
    cctv_workers_t *workers;
    /** Of the walk that goes on: the views that it has, and how many were begun
     *  before. */
    uint32_t counted;
    int64_t begun;
} cctv_server_keeper_t;

/** Start the keeper of a server.
 *  @param count  the number of servers, which share the threads
 *  @return NULL: out of memory */
cctv_server_keeper_t *cctv_server_keeper_start(cctv_janus_server_t *server,
                                               int count);

/** Let all calls of a keeper fail from now on; then stop it and free everything.
 *  Keepers that stop one after the other should not wait for calls. */
void cctv_server_keeper_end_calls(cctv_server_keeper_t *keeper);
void cctv_server_keeper_stop(cctv_server_keeper_t *keeper);

/* The parts of a visitor (views/visitor.h); the view is one of the server. */
void cctv_server_keeper_begin(cctv_server_keeper_t *keeper, cctv_time_t now);
void cctv_server_keeper_visit(cctv_server_keeper_t *keeper,
                              const cctv_view_t *view, cctv_time_t now);
void cctv_server_keeper_end(cctv_server_keeper_t *keeper);

#endif
