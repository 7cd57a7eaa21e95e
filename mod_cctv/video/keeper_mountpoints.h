/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_mountpoints.h
 * @brief A task of the keeper: list the mountpoints in Janus, destroy those
 *        that nobody watches, and change the pins of those that nobody
 *        watches any more.
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
    uint64_t session; /**< its own Janus session; 0: none */
    uint64_t handle;
    cctv_time_t list_started; /**< the last one */
    int64_t list_took; /**< processor time: µs */
    size_t cursor;          /**< the entry to look at next */
    cctv_watched_t watched; /**< when it was listed */
    bool is_watched;        /**< whether any camera is, now */
    cctv_time_t last_start; /**< of a view */
    cctv_mountpoint_end_t end;
    bool is_refused;       /**< the list, by Janus */
    pthread_mutex_t mutex; /**< of the table, for its two threads */
    cctv_mountpoint_table_t table;
} cctv_keeper_mountpoints_t;

void cctv_keeper_mountpoints_init(cctv_keeper_mountpoints_t *mountpoints,
                                  cctv_keeper_t *keeper,
                                  cctv_keeper_views_t *views);

/** Once no thread uses it. */
void cctv_keeper_mountpoints_free(cctv_keeper_mountpoints_t *mountpoints);

/** A step of cctv_work_t: a list, or one mountpoint. */
int64_t cctv_keeper_mountpoints(void *mountpoints);

/**
 * A camera whose status the database has to be told of.
 *
 * @param after   the camera before it; 0: none
 * @param status  "online" or "offline"
 * @return false: none is left. Thread-safe.
 */
bool cctv_keeper_mountpoints_news(cctv_keeper_mountpoints_t *mountpoints,
                                  int32_t after, int32_t *camera,
                                  const char **status);

/** The database was told. Thread-safe. */
void cctv_keeper_mountpoints_told(cctv_keeper_mountpoints_t *mountpoints,
                                  int32_t camera, const char *status);

#endif
