/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_actions.c
 * @brief What an operator can do: end views and deny new ones.
 * Layer: httpd.
 */
#include "admin/mod_actions.h"

#include "admin/mod_lists.h"
#include "admin/mod_text.h"
#include "core/mod_log.h"
#include "events/mod_action.h"
#include "http/mod_body.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "viewers/mod_part.h"
#include "views/mod_part.h"
#include "views/mod_transport.h"
#include "views/view_id.h"

#include "apr_strings.h"

#include <string.h>

#define BODY_MAX 4096

/* The longest name of a user: bytes. */
#define USER_MAX 255

#define SECONDS_DEFAULT 600

#define US_PER_S INT64_C(1000000)

/* The time of a denial without an end: it fits into the word of an entry. */
#define FOR_EVER (INT64_MAX / 16)

/* ---- What the body says ---- */

static const char one_target[] =
    "The body has to name one of \"view\" (an id of this API), \"user\" (a "
    "name), \"user_id\" (an id of this API) and \"camera\" (a number).";

static const char *read_user(const char *name, cctv_denial_t *denial)
{
    size_t len = name == NULL ? 0 : strlen(name);

    if (len == 0 || !cctv_denial_is_text(name, len, USER_MAX + 1)) {
        return "\"user\" has to be the name of a user.";
    }
    denial->kind = CCTV_DENIAL_USER;
    denial->user = cctv_keyed_hash(name, len);
    cctv_denial_copy_name(denial->name, name);
    return NULL;
}

static const char *read_id(const json_t *value, uint64_t *id)
{
    const char *text = json_string_value(value);

    return text != NULL && cctv_admin_parse_id(text, id) ? NULL : one_target;
}

static const char *read_view(const char *text, cctv_denial_t *denial)
{
    cctv_public_id_t id;

    if (text == NULL || !cctv_admin_parse_view(text, &id)) {
        return one_target;
    }
    denial->kind = CCTV_DENIAL_VIEWER;
    denial->view = id.high;
    denial->view_low = id.low;
    return NULL;
}

static const char *read_camera(const json_t *value, cctv_denial_t *denial)
{
    json_int_t number = json_integer_value(value);

    if (number < 1 || number > INT32_MAX) {
        return "\"camera\" has to be the number of a camera.";
    }
    denial->kind = CCTV_DENIAL_CAMERA;
    denial->camera = (int32_t)number;
    return NULL;
}

/* Read whom the body names. @return NULL, or what is wrong */
static const char *read_target(const json_t *body, cctv_denial_t *denial)
{
    const json_t *view = json_object_get(body, "view");
    const json_t *user = json_object_get(body, "user");
    const json_t *user_id = json_object_get(body, "user_id");
    const json_t *camera = json_object_get(body, "camera");

    if ((view != NULL) + (user != NULL) + (user_id != NULL) + (camera != NULL)
        != 1) {
        return one_target;
    }
    if (camera != NULL) {
        return read_camera(camera, denial);
    }
    if (user != NULL) {
        return read_user(json_string_value(user), denial);
    }
    if (user_id != NULL) {
        denial->kind = CCTV_DENIAL_USER;
        return read_id(user_id, &denial->user);
    }
    return read_view(json_string_value(view), denial);
}

static const char *read_reason(const json_t *body, cctv_denial_t *denial)
{
    const json_t *value = json_object_get(body, "reason");
    const char *text = value == NULL ? "" : json_string_value(value);
    size_t len = text == NULL ? 0 : strlen(text);

    if (text == NULL || !cctv_denial_is_text(text, len, sizeof denial->reason)
        || (value != NULL && json_string_length(value) != len)) {
        return "\"reason\" has to be text of at most 159 bytes in one line, "
               "or left out.";
    }
    memcpy(denial->reason, text, len);
    return NULL;
}

static const char *read_seconds(const json_t *body, cctv_denial_t *denial)
{
    const json_t *value = json_object_get(body, "seconds");
    json_int_t seconds = value == NULL ? SECONDS_DEFAULT
                                       : json_integer_value(value);

    if (seconds < 1 || seconds > CCTV_DENIAL_SECONDS_MAX) {
        return "\"seconds\" has to be a whole number from 1 to 2592000 (30 "
               "days), or left out.";
    }
    denial->until = denial->since + seconds * US_PER_S;
    return NULL;
}

static const char *read_kick(const json_t *body, cctv_denial_t *denial)
{
    const char *wrong = read_target(body, denial);

    wrong = wrong == NULL ? read_reason(body, denial) : wrong;
    return wrong == NULL ? read_seconds(body, denial) : wrong;
}

/* Begin a denial by the user of this request, and read the rest of it out of
 * the body.
 * @param read    NULL: the body has nothing to read; otherwise returns NULL, or
 *                what is wrong
 * @param result  written on failure: what the handler has to return
 * @return false: the request has been answered */
static bool read_denial(request_rec *r, cctv_denial_t *denial,
                        const char *(*read)(const json_t *body,
                                            cctv_denial_t *denial),
                        int *result)
{
    const char *wrong;
    json_t *body = cctv_body_read_json(r, BODY_MAX, result);

    if (body == NULL) {
        return false;
    }
    memset(denial, 0, sizeof *denial);
    denial->since = cctv_now();
    cctv_denial_copy_name(denial->by, r->user);
    wrong = read == NULL ? NULL : read(body, denial);
    json_decref(body);
    if (wrong != NULL) {
        *result = cctv_reply_problem(r, HTTP_BAD_REQUEST, wrong);
    }
    return wrong == NULL;
}

/* ---- Whom it concerns ---- */

/* @return what a denial concerns, for the log */
static const char *target_of(apr_pool_t *pool, const cctv_denial_t *denial)
{
    switch (denial->kind) {
    case CCTV_DENIAL_CAMERA:
        return apr_psprintf(pool, "camera %d", denial->camera);
    case CCTV_DENIAL_USER:
        return denial->name[0] != '\0'
                   ? apr_psprintf(pool, "user %s", denial->name)
                   : apr_psprintf(pool, "user %016" APR_UINT64_T_HEX_FMT,
                                  denial->user);
    case CCTV_DENIAL_VIEWER:
        return apr_psprintf(pool, "view %016" APR_UINT64_T_HEX_FMT "%08x",
                            denial->view, denial->view_low);
    default:
        return "all new views";
    }
}

static void note_action(request_rec *r, const char *action,
                        const cctv_denial_t *denial, const char *more)
{
    const char *reason = denial->reason;
    const char *target = target_of(r->pool, denial);

    cctv_event_action(r->user, action, target, reason);
    CCTV_LOG_R(APLOG_NOTICE, 0, r, "CCTV0202",
               "admin's view: %s of %s by %s%s%s%s", action, target,
               r->user == NULL ? "a user without a login" : r->user, more,
               reason[0] == '\0' ? "" : "; reason: ", reason);
}

static bool concerns(const cctv_denial_t *denial, const cctv_view_t *view)
{
    cctv_public_id_t id;

    switch (denial->kind) {
    case CCTV_DENIAL_CAMERA:
        return view->camera == denial->camera;
    case CCTV_DENIAL_USER:
        return view->user == denial->user;
    default:
        id = cctv_view_public_id(cctv_memory(), view);
        return id.high == denial->view && id.low == denial->view_low;
    }
}

/* Complete the denial of a view with its camera and its viewer.
 * @return false: there is no such view */
static bool find_viewer(cctv_denial_t *denial, cctv_time_t now)
{
    uint32_t index = 0;
    cctv_view_t view;

    while (cctv_admin_next_view(&index, now, &view)) {
        if (concerns(denial, &view)) {
            cctv_viewer_name_t viewer = cctv_admin_viewer_of(&view);

            denial->camera = view.camera;
            denial->user = view.user;
            denial->client = viewer.client;
            memcpy(denial->name, viewer.name, sizeof denial->name);
            return true;
        }
    }
    return false;
}

/* End all views that a denial concerns. @return how many */
static int end_views(const cctv_denial_t *denial)
{
    cctv_views_t *shared = cctv_views();
    uint32_t index = 0;
    cctv_view_t view;
    int count = 0;

    while (cctv_admin_next_view(&index, cctv_now(), &view)) {
        bool is_over = false;

        /* It may have a heartbeat meanwhile: then it is found again. */
        while (!is_over && concerns(denial, &view)) {
            is_over = cctv_transport_kick(shared, &view, cctv_moment_now());
            count += is_over;
            if (!is_over
                && !cctv_view_table_get(&shared->table, view.index, &view)) {
                break;
            }
        }
    }
    return count;
}

/* ---- Actions ---- */

static int answer_full(request_rec *r)
{
    return cctv_reply_problem(
        r, HTTP_SERVICE_UNAVAILABLE,
        apr_psprintf(r->pool,
                     "There are %d denials, as many as there may be: allow "
                     "some again.",
                     CCTV_DENIALS_MAX));
}

static int kick(request_rec *r, const cctv_denial_t *denial)
{
    int count = end_views(denial);
    int64_t seconds = (denial->until - denial->since) / US_PER_S;

    note_action(r, "kick", denial,
                apr_psprintf(r->pool,
                             ": %d views ended, denied for %" APR_INT64_T_FMT
                             " s",
                             count, seconds));
    return cctv_reply_json(
        r, HTTP_OK,
        json_pack("{s:i, s:I, s:o}", "ended", count, "seconds",
                  (json_int_t)seconds, "until",
                  cctv_admin_time(denial->until, denial->since)));
}

int cctv_admin_kick(request_rec *r)
{
    cctv_denial_t denial;
    int result;

    if (!read_denial(r, &denial, read_kick, &result)) {
        return result;
    }
    if (denial.kind == CCTV_DENIAL_VIEWER
        && !find_viewer(&denial, denial.since)) {
        return cctv_reply_problem(r, HTTP_NOT_FOUND,
                                  "There is no such view now.");
    }
    /* The denial comes first: a view that starts meanwhile is either among those
     * that are ended, or looks for the denial after it has started. */
    return cctv_denials_add(cctv_viewers()->denials, &denial, denial.since)
               ? kick(r, &denial)
               : answer_full(r);
}

static int remove_denial(request_rec *r, const char *action,
                         const cctv_denial_t *denial)
{
    int count = cctv_denials_remove(cctv_viewers()->denials, denial,
                                    cctv_now());

    if (count > 0) {
        note_action(r, action, denial, "");
    }
    return cctv_reply_json(r, HTTP_OK, json_pack("{s:i}", "removed", count));
}

int cctv_admin_allow(request_rec *r)
{
    cctv_denial_t denial;
    int result;

    return read_denial(r, &denial, read_target, &result)
               ? remove_denial(r, "allow", &denial)
               : result;
}

int cctv_admin_drain(request_rec *r)
{
    cctv_denial_t denial;
    int result;

    if (!read_denial(r, &denial, read_reason, &result)) {
        return result;
    }
    denial.kind = CCTV_DENIAL_ALL;
    denial.until = FOR_EVER;
    if (!cctv_denials_add(cctv_viewers()->denials, &denial, denial.since)) {
        return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                                  "Another operator does this right now.");
    }
    note_action(r, "drain", &denial, "");
    return cctv_reply_json(r, HTTP_OK, json_pack("{s:b}", "draining", 1));
}

int cctv_admin_undrain(request_rec *r)
{
    cctv_denial_t denial;
    int result;

    if (!read_denial(r, &denial, NULL, &result)) {
        return result;
    }
    denial.kind = CCTV_DENIAL_ALL;
    return remove_denial(r, "undrain", &denial);
}
