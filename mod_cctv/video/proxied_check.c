/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_check.c
 * @brief A task of the keeper: compare the Janus sessions of browsers (proxy
 *        transport) with Janus's list, and change the pins that have to be
 *        changed.
 * Layer: pure.
 */
#include "video/proxied_check.h"

#include "janus/session_ids.h"
#include "video/proxied_pins.h"
#include "video/token.h"

#include <stdlib.h>
#include <string.h>

/* The time between two steps: µs. */
#define PAUSE 100000

/* The time between two checks is CHECK, or CHECK_SHARE times the duration of a
 * check: µs. */
#define CHECK       5000000
#define CHECK_SHARE 20

/* The time limit of a check, which makes two calls for each browser: µs. */
#define CHECK_LIMIT 10000000

/* A handle that was attached with the token of a view. */
typedef struct {
    char token[CCTV_TOKEN_SIZE];
    char view[CCTV_VIEW_ID_LENGTH + 1];
    uint64_t janus;
    uint64_t handle;
    int64_t created;    /* of the monotonic clock: µs */
    int64_t mountpoint; /* 0: it watches none */
} handle_t;

/* What one check knows. */
typedef struct {
    cctv_proxied_check_t *check;
    cctv_janus_session_t session;
    cctv_session_ids_t listed; /* all Janus sessions */
    handle_t *handles;
    size_t count;
    size_t room;
} round_t;

/* ---- The handles in Janus ---- */

static handle_t *add_handle(round_t *round)
{
    size_t room = round->room == 0 ? 64 : 2 * round->room;
    handle_t *grown;

    if (round->count == round->room) {
        grown = realloc(round->handles, room * sizeof round->handles[0]);
        if (grown == NULL) {
            return NULL;
        }
        round->handles = grown;
        round->room = room;
    }
    return &round->handles[round->count];
}

/* @return false: out of memory */
static bool take_handle(round_t *round, uint64_t janus, const json_t *info)
{
    const char *token = json_string_value(json_object_get(info, "token"));
    const json_t *plugin = json_object_get(info, "plugin_specific");
    char view[CCTV_VIEW_ID_LENGTH + 1];
    handle_t *handle;
    int64_t expiry;

    if (token == NULL
        || !cctv_token_check(round->check->rules.secret, token, view,
                             &expiry)) {
        return true;
    }
    handle = add_handle(round);
    if (handle == NULL) {
        return false;
    }
    memcpy(handle->token, token, strlen(token) + 1);
    memcpy(handle->view, view, sizeof view);
    handle->janus = janus;
    handle->handle = cctv_session_id(json_object_get(info, "handle_id"));
    handle->created = json_integer_value(json_object_get(info, "created"));
    handle->mountpoint = json_integer_value(
        json_object_get(plugin, "mountpoint_id"));
    round->count++;
    return true;
}

/* @return false: out of memory, or the admin API does not answer */
static bool ask_handle(round_t *round, uint64_t janus, uint64_t handle)
{
    json_t *info = NULL;
    cctv_janus_status_t status = cctv_janus_handle_info(&round->session, janus,
                                                        handle, &info);
    bool is_right;

    if (status != CCTV_JANUS_OK) {
        return cctv_janus_has_forgotten(&round->session, status);
    }
    is_right = take_handle(round, janus, info);
    json_decref(info);
    return is_right;
}

static bool ask_session(round_t *round, uint64_t janus)
{
    json_t *list = NULL;
    cctv_janus_status_t status = cctv_janus_list_handles(&round->session,
                                                         janus, &list);
    bool is_right = true;
    const json_t *id;
    size_t i;

    if (status != CCTV_JANUS_OK) {
        return cctv_janus_has_forgotten(&round->session, status);
    }
    json_array_foreach(list, i, id)
    {
        is_right = is_right && ask_handle(round, janus, cctv_session_id(id));
    }
    json_decref(list);
    return is_right;
}

/* Whether a Janus session is known to be that of a view of another transport. A
 * handle of any other is asked for its token. */
static bool is_of_other(const round_t *round, uint64_t janus)
{
    const cctv_views_t *views = round->check->rules.views;
    cctv_view_t view;

    return cctv_view_index_find(&views->index, &views->table, janus, &view)
           && view.transport != CCTV_TRANSPORT_PROXY;
}

static bool ask_all(round_t *round)
{
    const cctv_keeper_t *keeper = round->check->keeper;
    size_t i;

    for (i = 0; i < round->listed.count; i++) {
        if (atomic_load(&keeper->is_stopping)
            || (!is_of_other(round, round->listed.at[i])
                && !ask_session(round, round->listed.at[i]))) {
            return false;
        }
    }
    return true;
}

/* ---- Verdicts ---- */

/* Janus draws ids of 53 bits: a client has chosen a longer one. */
static bool is_drawn(const handle_t *handle)
{
    return handle->janus >> 53 == 0;
}

static int by_view(const void *a, const void *b)
{
    const handle_t *one = a;
    const handle_t *other = b;
    int order = strcmp(one->view, other->view);

    if (order == 0) {
        order = is_drawn(other) - is_drawn(one);
    }
    /* The newest first. */
    return order != 0 ? order
                      : (one->created < other->created)
                            - (one->created > other->created);
}

/* @return whether a view has a Janus session that began after the list */
static bool is_newer(const round_t *round, const char *id)
{
    cctv_view_t view;

    return cctv_view_table_find(&round->check->rules.views->table, id, &view)
           && view.janus != 0
           && !cctv_session_ids_have(&round->listed, view.janus);
}

/* @param newest  the newest handle of the same view */
static void judge(const round_t *round, const handle_t *handle,
                  const handle_t *newest)
{
    const cctv_proxied_check_t *check = round->check;
    cctv_proxied_verdict_t verdict;
    int32_t camera = 0;

    if (handle->janus != newest->janus) {
        cctv_discard_put(&check->rules.views->discarded, handle->janus);
        return;
    }
    verdict = cctv_proxied_attached(&check->rules, handle->janus,
                                    handle->handle, handle->token,
                                    cctv_moment_now(), &camera);
    check->found(verdict, camera, 0);
    if (handle->mountpoint != 0) {
        verdict = cctv_proxied_watches(&check->rules, handle->janus,
                                       handle->mountpoint, cctv_moment_now(),
                                       &camera);
        check->found(verdict, camera, handle->mountpoint);
    }
}

static void judge_all(round_t *round)
{
    size_t newest = 0;
    size_t i;

    if (round->count != 0) {
        qsort(round->handles, round->count, sizeof round->handles[0], by_view);
    }
    for (i = 0; i < round->count; i++) {
        if (strcmp(round->handles[i].view, round->handles[newest].view) != 0) {
            newest = i;
        }
        if (!is_newer(round, round->handles[i].view)) {
            judge(round, &round->handles[i], &round->handles[newest]);
        }
    }
}

/* @return false: Janus's admin API does not answer, or out of memory */
static bool check_round(round_t *round)
{
    if (!cctv_session_ids_list(&round->session, &round->listed)
        || !ask_all(round)) {
        return false;
    }
    judge_all(round);
    return true;
}

static void check_all(cctv_proxied_check_t *check)
{
    round_t round = { .check = check };
    cctv_time_t started = cctv_now();
    int64_t took;

    if (!cctv_keeper_begin(check->keeper, CHECK_LIMIT, &round.session)) {
        return;
    }
    if (check_round(&round)) {
        check->failures = 0;
    }
    else if (!atomic_load(&check->keeper->is_stopping)
             && !cctv_keeper_is_down(check->keeper)
             && ++check->failures == 2) {
        check->failed(round.session.reason[0] == '\0' ? "no answer in time"
                                                      : round.session.reason);
    }
    cctv_janus_end(&round.session);
    cctv_session_ids_free(&round.listed);
    free(round.handles);
    took = cctv_now() - started;
    check->due = started
                 + (took * CHECK_SHARE > CHECK ? took * CHECK_SHARE : CHECK);
}

int64_t cctv_proxied_check(void *check_)
{
    cctv_proxied_check_t *check = check_;

    if (cctv_keeper_is_down(check->keeper)) {
        return CCTV_KEEPER_PAUSE;
    }
    cctv_proxied_pins_change(check->keeper, check->rules.old_pins);
    if (cctv_now() >= check->due) {
        check_all(check);
    }
    return PAUSE;
}
