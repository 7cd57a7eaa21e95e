/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_rules.c
 * @brief Which Janus session belongs to which view of the proxy transport, and
 *        what happens to those that belong to none.
 * Layer: pure.
 */
#include "video/proxied_rules.h"

#include "janus/mountpoint_id.h"
#include "video/token.h"

/* Find the view that has this Janus session. */
static bool find_owner(const cctv_proxied_rules_t *rules, uint64_t janus,
                       cctv_view_t *view)
{
    return cctv_view_index_find(&rules->views->index, &rules->views->table,
                                janus, view);
}

/* End the view that has this Janus session, because it has broken the rules.
 * Its pin is known to a browser that may not watch. Heartbeats change views, so
 * the view may have to be found again. */
static void end_owner(const cctv_proxied_rules_t *rules, uint64_t janus,
                      cctv_moment_t now)
{
    cctv_view_t view;

    while (find_owner(rules, janus, &view)) {
        if (cctv_view_end(rules->views, &view, CCTV_ENDED_DENIED, now)) {
            cctv_old_pins_add(rules->old_pins,
                              cctv_mountpoint_id(view.camera, view.is_second));
        }
    }
}

/* @return false: the view has changed meanwhile */
static bool attach(const cctv_proxied_rules_t *rules, cctv_view_t *view,
                   uint64_t janus, uint64_t handle, cctv_moment_t now,
                   cctv_proxied_verdict_t *verdict)
{
    if (view->janus != 0) {
        *verdict = CCTV_PROXIED_REPLACED;
        return cctv_view_replace(rules->views, view, janus, handle, now);
    }
    *verdict = CCTV_PROXIED_FINE;
    if (!cctv_view_attach(rules->views, view, janus, handle)) {
        return false;
    }
    cctv_view_beat(rules->views, view, now);
    return true;
}

static bool is_live(const cctv_view_t *view, cctv_moment_t now)
{
    return view->transport == CCTV_TRANSPORT_PROXY && !view->is_gone
           && !cctv_view_is_over(view, now.time);
}

cctv_proxied_verdict_t cctv_proxied_attached(const cctv_proxied_rules_t *rules,
                                             uint64_t janus, uint64_t handle,
                                             const char *token,
                                             cctv_moment_t now,
                                             int32_t *camera)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_proxied_verdict_t verdict;
    cctv_view_t owner;
    cctv_view_t view;
    int64_t expiry;

    if (janus == 0 || !cctv_token_check(rules->secret, token, id, &expiry)) {
        return CCTV_PROXIED_NOT_OURS;
    }
    while (cctv_view_table_find(&rules->views->table, id, &view)
           && is_live(&view, now)) {
        *camera = view.camera;
        if (view.janus == janus && view.handle == handle) {
            return CCTV_PROXIED_FINE;
        }
        if (find_owner(rules, janus, &owner)) {
            end_owner(rules, janus, now);
            return CCTV_PROXIED_SHARED;
        }
        if (janus >> 53 != 0) {
            /* Janus draws ids of 53 bits, and views have no room for more:
             * the client has chosen this one. */
            cctv_discard_put(&rules->views->discarded, janus);
            return CCTV_PROXIED_SHARED;
        }
        if (attach(rules, &view, janus, handle, now, &verdict)) {
            return verdict;
        }
    }
    cctv_discard_put(&rules->views->discarded, janus);
    return CCTV_PROXIED_STALE;
}

cctv_proxied_verdict_t cctv_proxied_watches(const cctv_proxied_rules_t *rules,
                                            uint64_t janus, int64_t mountpoint,
                                            cctv_moment_t now, int32_t *camera)
{
    cctv_view_t owner;

    if (janus == 0 || !find_owner(rules, janus, &owner)
        || owner.transport != CCTV_TRANSPORT_PROXY) {
        return CCTV_PROXIED_NOT_OURS;
    }
    *camera = owner.camera;
    if (cctv_mountpoint_camera(mountpoint) == owner.camera) {
        return CCTV_PROXIED_FINE;
    }
    end_owner(rules, janus, now);
    if (cctv_mountpoint_camera(mountpoint) != 0) {
        cctv_old_pins_add(rules->old_pins, mountpoint);
    }
    return CCTV_PROXIED_OTHER;
}
