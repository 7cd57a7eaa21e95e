/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_views.h
 * @brief A task of the keeper: keep the Janus sessions of views alive, and ask
 *        how the media of views are that no event told about.
 * Layer: pure.
 *
 * In the walk over all views (views/walk.h), once a second, the views that are
 * due are put into a queue, and the mountpoints that are watched are noted.
 * Threads take views from the queue, so a view that Janus is slow for blocks only one thread.
 */
#ifndef CCTV_VIDEO_KEEPER_VIEWS_H
#define CCTV_VIDEO_KEEPER_VIEWS_H

#include "video/keeper_calls.h"
#include "video/media.h"
#include "video/watched.h"

/** How many threads do this task at the same time, at most. */
#define CCTV_KEEPER_VIEWS_THREADS 16

/** What the keeper remembers about the view in a slot. */
typedef struct {
    uint64_t janus;      /**< its Janus session: the next view of the slot has
                     *   another one */
    cctv_time_t due;     /**< when it has to be kept alive */
    cctv_time_t ask_due; /**< the admin API is not asked before */
    bool is_queued;
    bool is_due;
    bool is_asked;
} cctv_keeper_memory_t;

typedef struct {
    cctv_keeper_t *keeper;
    pthread_mutex_t mutex;        /**< protects all below that is not atomic */
    cctv_keeper_memory_t *memory; /**< one element for each slot */
    uint32_t *queue;              /**< a ring of slot numbers */
    uint32_t first;
    uint32_t count;
    bool has_walked;          /**< the first walk has ended */
    bool is_visit_all_due;    /**< of the walk that goes on */
    cctv_media_means_t means; /**< of the same */
    cctv_time_t last_start;   /**< when a view was started last */
    /** The mountpoints that the last walk found watched; the other element is for the next
     *  walk. */
    cctv_watched_t watched[2];
    int current;
    _Atomic bool is_all_due;
    /** When the admin API failed to answer; 0: it answers. */
    _Atomic cctv_time_t admin_lost;
    _Atomic bool is_admin_lost;
} cctv_keeper_views_t;

/** @return false: out of memory */
bool cctv_keeper_views_init(cctv_keeper_views_t *views, cctv_keeper_t *keeper);

/** Free everything. No thread may use it any more. */
void cctv_keeper_views_free(cctv_keeper_views_t *views);

/* The functions of the visitor (views/visitor.h). From the first to the last
 * one of a walk the threads wait for their next view. */
void cctv_keeper_views_begin(cctv_keeper_views_t *views, cctv_time_t now);
void cctv_keeper_views_visit(cctv_keeper_views_t *views,
                             const cctv_view_t *view, cctv_time_t now);
void cctv_keeper_views_end(cctv_keeper_views_t *views);

/** A step of cctv_work_t: look after one view. */
int64_t cctv_keeper_views(void *views);

/** Make all views due in the next walk, since Janus may have lost them. Thread-safe. */
void cctv_keeper_views_all_due(cctv_keeper_views_t *views);

/**
 * Copy the mountpoints that the last walk found watched. Thread-safe.
 *
 * @param watched  gets them, sorted
 * @return false: no walk has ended yet, or out of memory
 */
bool cctv_keeper_views_watched(cctv_keeper_views_t *views,
                               cctv_watched_t *watched);

/** Tell when a view was started last. Thread-safe.
 *  @return false: no walk has ended yet */
bool cctv_keeper_views_last_start(cctv_keeper_views_t *views,
                                  cctv_time_t *last_start);

#endif
