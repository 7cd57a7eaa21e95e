/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_views.h
 * @brief A task of the keeper: keep the Janus sessions of views alive, and end
 *        views whose video has ended.
 * Layer: pure.
 *
 * One walk over all slots, twice a second, finds the views that are due and
 * puts them in a queue, and notes which cameras are watched. Threads take
 * views from the queue; a view that Janus is slow for holds up one of them.
 */
#ifndef CCTV_VIDEO_KEEPER_VIEWS_H
#define CCTV_VIDEO_KEEPER_VIEWS_H

#include "video/keeper_calls.h"
#include "video/watched.h"

/** How many threads do it at the same time. */
#define CCTV_KEEPER_VIEWS_THREADS 16

/** What the keeper remembers of a view, at the number of its slot. */
typedef struct {
    uint64_t janus; /**< its Janus session; tells it from the next view */
    cctv_time_t due;
    bool is_queued;
} cctv_keeper_memory_t;

typedef struct {
    cctv_keeper_t *keeper;
    pthread_mutex_t mutex;        /**< of all below, but for what is atomic */
    cctv_keeper_memory_t *memory; /**< for each slot */
    uint32_t *queue;              /**< of slots; goes round */
    uint32_t first;
    uint32_t count;
    cctv_time_t walk_due;
    cctv_time_t last_start; /**< of a view, ever */
    /** What the last walk found, and the one before; they change places. */
    cctv_watched_t watched[2];
    int current;
    _Atomic bool is_all_due;
    /** When the admin API did not answer; 0: it does. */
    _Atomic cctv_time_t admin_lost;
    _Atomic bool is_admin_lost;
} cctv_keeper_views_t;

/** @return false: there is no memory */
bool cctv_keeper_views_init(cctv_keeper_views_t *views, cctv_keeper_t *keeper);

/** Once no thread uses it. */
void cctv_keeper_views_free(cctv_keeper_views_t *views);

/** A step of cctv_work_t: one view. */
int64_t cctv_keeper_views(void *views);

/** Look after all views at once: Janus may have lost them. Thread-safe. */
void cctv_keeper_views_all_due(cctv_keeper_views_t *views);

/**
 * Which cameras were watched when the last walk ended. Thread-safe.
 *
 * @param watched  then has them, sorted
 * @return false: no walk has ended yet, or there is no memory
 */
bool cctv_keeper_views_watched(cctv_keeper_views_t *views,
                               cctv_watched_t *watched);

/** Whether any camera is watched; when a view was started last. Thread-safe.
 *  @return false: no walk has ended yet */
bool cctv_keeper_views_look(cctv_keeper_views_t *views, bool *is_watched,
                            cctv_time_t *last_start);

#endif
