/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_listener.h
 * @brief Who is told that views start and end: the event logs.
 * Layer: pure.
 *
 * What is told is exact although a process may be killed anywhere: a start is
 * told while the slot of the view is claimed and not live yet, an end while it
 * is claimed and not free yet. A process that dies meanwhile leaves an
 * abandoned slot, and `abandoned` is called before the slot is recovered. If an
 * end cannot be told at the moment, the slot is left as abandoned, too.
 *
 * The functions are called by any process and thread, and must not block. The
 * caller has claimed the slot of the view, except where it says otherwise.
 */
#ifndef CCTV_VIEWS_VIEW_LISTENER_H
#define CCTV_VIEWS_VIEW_LISTENER_H

#include "views/reasons.h"
#include "views/view_table.h"

typedef struct {
    /** A view is about to become live. */
    void (*start)(const cctv_view_t *view);
    /** The caller is about to close the view, which is live. It may fail. */
    void (*ending)(const cctv_view_t *view, cctv_ended_t reason);
    /** The view is over. @param at  when it was over
     *  @return false: not now; `abandoned` is called later */
    bool (*end)(const cctv_view_t *view, cctv_ended_t reason, cctv_time_t at);
    /** The process that had claimed the slot is dead, or has left it; one
     *  process at a time calls this. The slot may have been reserved only.
     *  @param view  its `last` is the time of the claim
     *  @return false: not now; it is called again later */
    bool (*abandoned)(const cctv_view_t *view);
    /** The viewer of a live view has reported its first picture.
     *  @param after  ms */
    void (*picture)(const cctv_view_t *view, int64_t after);
} cctv_view_listener_t;

/** Set the listener of this process; NULL: nobody listens. It has to live as
 *  long as the process. Not thread-safe: call it before there are threads. */
void cctv_view_set_listener(const cctv_view_listener_t *listener);

/* ---- For those who tell; nothing happens without a listener, and the
 *      functions return true ---- */

void cctv_view_tell_start(const cctv_view_t *view);
void cctv_view_tell_ending(const cctv_view_t *view, cctv_ended_t reason);
bool cctv_view_tell_end(const cctv_view_t *view, cctv_ended_t reason,
                        cctv_time_t at);
bool cctv_view_tell_abandoned(const cctv_view_t *view);
void cctv_view_tell_picture(const cctv_view_t *view, int64_t after);

#endif
