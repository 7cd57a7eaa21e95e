/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_mountpoints.h
 * @brief A task of the keeper: list the mountpoints in Janus, destroy those
 *        without a viewer, and change the pin of a mountpoint after its last
 *        viewer has left.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_MOUNTPOINTS_H
#define CCTV_VIDEO_KEEPER_MOUNTPOINTS_H

#include "video/keeper_calls.h"
#include "video/keeper_views.h"
#include "video/mountpoint_end.h"
#include "video/mountpoint_table.h"

typedef struct {
    cctv_keeper_t *keeper;
    cctv_keeper_views_t *views;
    uint64_t session; /**< the Janus session of this task; 0: none */
    uint64_t handle;
    cctv_time_t list_started; /**< when the last list began */
    int64_t list_took;        /**< processor time of the last list: µs */
    size_t cursor;            /**< the entry to look at next */
    cctv_watched_t watched;   /**< the watched mountpoints at the last list */
    cctv_time_t last_start;   /**< when a view was started last */
    cctv_mountpoint_end_t end;
    bool is_refused;       /**< whether Janus has refused the last list */
    pthread_mutex_t mutex; /**< protects the rest: two threads use it */
    cctv_mountpoint_table_t table;
    cctv_time_t listed; /**< when Janus has made the list of the table */
} cctv_keeper_mountpoints_t;

void cctv_keeper_mountpoints_init(cctv_keeper_mountpoints_t *mountpoints,
                                  cctv_keeper_t *keeper,
                                  cctv_keeper_views_t *views);

/** Free everything. No thread may use it any more. */
void cctv_keeper_mountpoints_free(cctv_keeper_mountpoints_t *mountpoints);

/** A step of cctv_work_t: get the list, or look after one mountpoint. */
int64_t cctv_keeper_mountpoints(void *mountpoints);

/** The functions below know nothing if the last list is older than this, because
 *  Janus does not answer: µs. */
#define CCTV_KEEPER_LIST_OLD 20000000

/**
 * Find the next mountpoint that has a new status of its camera for the
 * database. A camera is offline when none of its mountpoints gets packets.
 * Thread-safe.
 *
 * @param after   the mountpoint that the last call found; 0: begin with the
 *                first
 * @param status  gets "online" or "offline", static
 * @return false: there are no more
 */
bool cctv_keeper_mountpoints_news(cctv_keeper_mountpoints_t *mountpoints,
                                  int64_t after, int64_t *id,
                                  const char **status);

/**
 * Call a function for each mountpoint that sends packets, and for each that does
 * not although no other one of its camera does. Thread-safe; the function must
 * not call this file.
 */
void cctv_keeper_mountpoints_statuses(cctv_keeper_mountpoints_t *mountpoints,
                                      void (*each)(void *context, int64_t id,
                                                   bool is_online),
                                      void *context);

/** @return whether a mountpoint has sent packets lately. Thread-safe. */
bool cctv_keeper_mountpoints_is_online(cctv_keeper_mountpoints_t *mountpoints,
                                       int64_t id);

/** Note that a status has been written to the database. Thread-safe. */
void cctv_keeper_mountpoints_told(cctv_keeper_mountpoints_t *mountpoints,
                                  int64_t id, const char *status);

#endif
