/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_rules.c
 * @brief Which Janus session belongs to which view of the proxy transport, and
 *        what happens to those that belong to none.
 * Layer: pure.
 */
#include "video/proxied_rules.h"

#include "video/token.h"

/* Find the view that has this Janus session. */
static bool find_owner(const cctv_proxied_rules_t *rules, uint64_t janus,
                       uint64_t *handle, cctv_view_t *view)
{
    uint32_t slot;

    return cctv_proxied_get(rules->proxied, janus, handle, &slot)
           && slot < rules->views->table.max
           && cctv_view_table_get(&rules->views->table, slot, view)
           && view->transport == CCTV_TRANSPORT_PROXY && view->janus == janus;
}

/* End the view with this id if it has this Janus session. Heartbeats change
 * views, so the view may have to be found again. */
static bool end_view(const cctv_proxied_rules_t *rules, const char *id,
                     uint64_t janus, cctv_ended_t reason, cctv_moment_t now)
{
    cctv_view_t view;

    cctv_proxied_remove(rules->proxied, janus);
    while (cctv_view_table_find(&rules->views->table, id, &view)
           && view.transport == CCTV_TRANSPORT_PROXY && view.janus == janus) {
        if (cctv_view_end(rules->views, &view, reason, now)) {
            return true;
        }
    }
    return false;
}

/* The view has broken the rules: it ends, and its pin is known to somebody who
 * may not watch. */
static void end_owner(const cctv_proxied_rules_t *rules,
                      const cctv_view_t *view, cctv_moment_t now)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];

    cctv_view_id(view, id);
    if (end_view(rules, id, view->janus, CCTV_ENDED_DENIED, now)) {
        cctv_proxied_pin_is_old(rules->proxied, view->camera);
    }
}

/* The Janus session is the one of the view already: this is told again, or it
 * is a further handle. */
static cctv_proxied_verdict_t attach_again(const cctv_proxied_rules_t *rules,
                                           const cctv_view_t *view,
                                           uint64_t handle, cctv_moment_t now)
{
    cctv_view_t owner;
    uint64_t first;

    if (!find_owner(rules, view->janus, &first, &owner)) {
        /* The index has lost it, or the server was restarted. */
        cctv_proxied_put(rules->proxied, view->janus, handle, view->index);
        return CCTV_PROXIED_FINE;
    }
    if (first == handle) {
        return CCTV_PROXIED_FINE;
    }
    end_owner(rules, view, now);
    return CCTV_PROXIED_SHARED;
}

/* @param verdict  written only on success
 * @return false: the view has changed meanwhile */
static bool attach(const cctv_proxied_rules_t *rules, cctv_view_t *view,
                   uint64_t janus, cctv_moment_t now,
                   cctv_proxied_verdict_t *verdict)
{
    cctv_view_table_t *table = &rules->views->table;
    uint64_t before = view->janus;

    if (before == 0) {
        if (!cctv_view_table_attach(table, view, janus)) {
            return false;
        }
        cctv_view_beat(rules->views, view, now);
        *verdict = CCTV_PROXIED_FINE;
        return true;
    }
    if (!cctv_view_table_replace(table, view, janus)) {
        return false;
    }
    cctv_proxied_remove(rules->proxied, before);
    cctv_discard_put(&rules->views->discarded, before);
    *verdict = CCTV_PROXIED_REPLACED;
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
    uint64_t first;
    int64_t expiry;

    if (janus == 0 || !cctv_token_check(rules->secret, token, id, &expiry)) {
        return CCTV_PROXIED_NOT_OURS;
    }
    while (cctv_view_table_find(&rules->views->table, id, &view)
           && is_live(&view, now)) {
        *camera = view.camera;
        if (view.janus == janus) {
            return attach_again(rules, &view, handle, now);
        }
        if (find_owner(rules, janus, &first, &owner)) {
            end_owner(rules, &owner, now);
            return CCTV_PROXIED_SHARED;
        }
        if (janus >> 53 != 0) {
            /* Janus draws ids of 53 bits, and views have no room for more:
             * the client has chosen this one. */
            cctv_discard_put(&rules->views->discarded, janus);
            return CCTV_PROXIED_SHARED;
        }
        if (attach(rules, &view, janus, now, &verdict)) {
            cctv_proxied_put(rules->proxied, janus, handle, view.index);
            return verdict;
        }
    }
    cctv_discard_put(&rules->views->discarded, janus);
    return CCTV_PROXIED_STALE;
}

void cctv_proxied_detached(const cctv_proxied_rules_t *rules, uint64_t janus,
                           const char *token, cctv_moment_t now)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    int64_t expiry;

    if (janus != 0 && cctv_token_check(rules->secret, token, id, &expiry)) {
        end_view(rules, id, janus, CCTV_ENDED_ENDED, now);
    }
}

cctv_proxied_verdict_t cctv_proxied_watches(const cctv_proxied_rules_t *rules,
                                            uint64_t janus, int64_t mountpoint,
                                            cctv_moment_t now, int32_t *camera)
{
    cctv_view_t owner;
    uint64_t handle;

    if (janus == 0 || !find_owner(rules, janus, &handle, &owner)) {
        return CCTV_PROXIED_NOT_OURS;
    }
    *camera = owner.camera;
    if (owner.camera == mountpoint) {
        return CCTV_PROXIED_FINE;
    }
    end_owner(rules, &owner, now);
    if (mountpoint > 0 && mountpoint <= INT32_MAX) {
        cctv_proxied_pin_is_old(rules->proxied, (int32_t)mountpoint);
    }
    return CCTV_PROXIED_OTHER;
}

void cctv_proxied_is_missing(const cctv_proxied_rules_t *rules,
                             const cctv_view_t *view, cctv_moment_t now)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];

    cctv_view_id(view, id);
    end_view(rules, id, view->janus, CCTV_ENDED_GONE, now);
}
