/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_beats.h
 * @brief How often a view needs a heartbeat, and when it is over without one.
 * Layer: pure.
 *
 * A heartbeat says that the viewer is there, and is when its roles are asked
 * again. While Janus reports that the viewer receives media, only the roles are
 * left. So after CCTV_BEATS_STEADY of a view its client is told to send a
 * heartbeat less often, as long as Janus reports that. Such a view is over if
 * Janus has reported nothing for that interval and the timeout, or if three
 * intervals have passed without a heartbeat.
 *
 * Nothing is stored for this: all follows from the times of the view. All
 * functions are thread-safe.
 */
#ifndef CCTV_VIEWS_VIEW_BEATS_H
#define CCTV_VIEWS_VIEW_BEATS_H

#include "views/view_table.h"

/** How many heartbeats a client sends within a timeout: two may be lost. */
#define CCTV_BEATS 3

/** How long a view has been answered before heartbeats may be rare: µs. */
#define CCTV_BEATS_STEADY 60000000

/** The longest interval that a longer timeout does not give: µs. */
#define CCTV_BEATS_RARE 60000000

/** If Janus has told nothing about the media of a view for this long,
 *  heartbeats count as proof that they flow: µs. */
#define CCTV_BEATS_BLIND 20000000

/** @return the interval of rare heartbeats: µs. At most twice the timeout: a
 *  lower CCTVSessionTimeout makes them more frequent. */
static inline cctv_time_t cctv_beats_rare(const cctv_view_t *view)
{
    cctv_time_t timeout = (cctv_time_t)view->timeout * 1000;
    cctv_time_t rare = timeout * 2 < CCTV_BEATS_RARE ? timeout * 2
                                                     : CCTV_BEATS_RARE;

    return rare > timeout / CCTV_BEATS ? rare : timeout / CCTV_BEATS;
}

/** @return whether the last heartbeat of a view may have been answered with the
 *  interval of rare ones */
static inline bool cctv_view_is_steady(const cctv_view_t *view)
{
    return (view->transport == CCTV_TRANSPORT_SERVER
            || view->transport == CCTV_TRANSPORT_PROXY)
           && view->answered >= 0
           && view->last - view->answered >= CCTV_BEATS_STEADY;
}

/** @return whether a heartbeat that has just been noted is answered with the
 *  interval of rare ones. The last proof may be half a timeout old: if there is
 *  no other one, the view is over half a timeout after the next heartbeat at
 *  the earliest (cctv_view_is_over()) */
static inline bool cctv_view_needs_rare_beats(const cctv_view_t *view,
                                              cctv_time_t now)
{
    cctv_time_t timeout = (cctv_time_t)view->timeout * 1000;

    return cctv_view_is_steady(view) && view->flow == CCTV_FLOW_ON
           && !view->is_gone && now - view->looked <= CCTV_BEATS_BLIND
           && now - view->proven <= timeout / 2;
}

/** @return whether a view is overdue */
static inline bool cctv_view_is_over(const cctv_view_t *view, cctv_time_t now)
{
    cctv_time_t timeout = (cctv_time_t)view->timeout * 1000;
    cctv_time_t rare = cctv_beats_rare(view);

    if (now - view->last <= timeout) {
        return false;
    }
    return !cctv_view_is_steady(view) || now - view->last > rare * CCTV_BEATS
           || now - view->proven > rare + timeout;
}

/** @return when an overdue view was over: its last heartbeat, or a later report
 *  that media flowed */
static inline cctv_time_t cctv_view_over_at(const cctv_view_t *view)
{
    return cctv_view_is_steady(view) && view->proven > view->last
               ? view->proven
               : view->last;
}

#endif
