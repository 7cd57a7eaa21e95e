/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lists.c
 * @brief Lists of the admin's view: views, and views by camera and by user.
 * Layer: httpd.
 */
#include "admin/mod_lists.h"

#include "admin/groups.h"
#include "admin/mod_text.h"
#include "geoip/country.h"
#include "http/mod_reply.h"
#include "http/number.h"
#include "http/query.h"
#include "json/member.h"
#include "memory/mod_part.h"
#include "quality/mod_part.h"
#include "quality/quality.h"
#include "viewers/mod_part.h"
#include "views/agent.h"
#include "views/mod_part.h"
#include "views/view_id.h"
#include "views/view_media.h"

#include "apr_strings.h"

#include <string.h>

#define LIMIT     100
#define LIMIT_MAX 1000

enum {
    CAMERA,
    USER,
    PAGE, /* "after" or "skip" */
    SIZE, /* "limit" */
    PARAMETERS
};

/* What a request asks for. */
typedef struct {
    int64_t camera; /* 0: all */
    uint64_t user;  /* keyed hash; 0: all */
    int64_t from;
    int64_t limit;
} wish_t;

/* ---- Parameters ---- */

static bool read_number(const char *text, int64_t max, int64_t *out)
{
    size_t len = text == NULL ? 0 : strlen(text);

    if (text == NULL) {
        return true;
    }
    if (len == 0 || len > 10 || strspn(text, "0123456789") != len) {
        return false;
    }
    *out = apr_atoi64(text);
    return *out <= max;
}

/* @return false: the request has been answered */
static bool read_wish(request_rec *r, const char *const *names, wish_t *wish,
                      int *result)
{
    const char *values[PARAMETERS];
    const char *why;

    *wish = (wish_t){ .limit = LIMIT };
    if (cctv_query_parse(r->pool, r->args, names, PARAMETERS, values, &why)
        != APR_SUCCESS) {
        *result = cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
        return false;
    }
    if (values[USER] != NULL) {
        wish->user = cctv_keyed_hash(values[USER], strlen(values[USER]));
    }
    if (!read_number(values[CAMERA], INT32_MAX, &wish->camera)
        || !read_number(values[PAGE], UINT32_MAX, &wish->from)
        || !read_number(values[SIZE], LIMIT_MAX, &wish->limit)
        || (values[CAMERA] != NULL && wish->camera == 0) || wish->limit == 0) {
        *result = cctv_reply_problem(
            r, HTTP_BAD_REQUEST,
            apr_psprintf(r->pool,
                         "\"camera\", \"limit\" (1 to %d) and \"%s\" have to "
                         "be whole numbers.",
                         LIMIT_MAX, names[PAGE]));
        return false;
    }
    return true;
}

/* ---- One view ---- */

bool cctv_admin_next_view(uint32_t *index, cctv_time_t now, cctv_view_t *view)
{
    const cctv_view_table_t *table = &cctv_views()->table;
    uint32_t i;

    for (i = cctv_view_table_next(table, *index); i < table->max;
         i = cctv_view_table_next(table, i + 1)) {
        if (cctv_view_table_get(table, i, view)
            && !cctv_view_is_over(view, now)) {
            *index = i + 1;
            return true;
        }
    }
    return false;
}

cctv_viewer_name_t cctv_admin_viewer_of(const cctv_view_t *view)
{
    const cctv_viewer_slot_t slot = {
        .index = view->index, .secret = { view->secret[0], view->secret[1] }
    };
    cctv_viewer_name_t viewer;

    cctv_viewer_names_read(&cctv_viewers()->names, &slot, &viewer);
    if (viewer.client == 0) {
        viewer.client = view->client;
    }
    return viewer;
}

static const char *video_of(const cctv_view_t *view)
{
    static const char *const flows[] = { [CCTV_FLOW_NONE] = "connecting",
                                         [CCTV_FLOW_ON] = "live",
                                         [CCTV_FLOW_QUIET] = "stalled",
                                         [CCTV_FLOW_FAILED] = "no_media" };

    if (!cctv_transport_shows_video(view->transport)) {
        return "none";
    }
    if (view->is_gone) {
        return "gone";
    }
    return view->answered < 0 ? "offered" : flows[view->flow];
}

static const char *codec_of(const cctv_view_t *view)
{
    return view->transport == CCTV_TRANSPORT_STILL
               ? "JPEG"
               : cctv_format(view->codec)->label;
}

/* What the viewer reports about its video. */
static json_t *quality_of(const cctv_view_t *view)
{
    uint32_t totals[CCTV_TOTAL_COUNT];

    if (!cctv_quality_look(cctv_quality(), view, totals)) {
        return json_null();
    }
    return json_pack(
        "{s:I, s:I, s:I, s:o}", "frames_decoded",
        (json_int_t)totals[CCTV_TOTAL_DECODED], "frames_dropped",
        (json_int_t)totals[CCTV_TOTAL_DROPPED], "freeze_count",
        (json_int_t)totals[CCTV_TOTAL_FREEZES], "freeze_seconds",
        cctv_admin_seconds((int64_t)totals[CCTV_TOTAL_FREEZE_TIME] * 1000));
}

static json_t *view_json(const cctv_view_t *view, cctv_time_t now)
{
    cctv_country_label_t country = cctv_country_label(view->country);
    cctv_viewer_name_t viewer = cctv_admin_viewer_of(view);

    return json_pack(
        "{s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, "
        "s:o, s:o}",
        "view", cctv_admin_view(cctv_view_public_id(cctv_memory(), view)),
        "camera", view->camera, "stream", view->is_second ? 2 : 1, "user",
        cctv_admin_name(viewer.name), "user_id", cctv_admin_id(view->user),
        "since", cctv_admin_time(view->started, now), "seconds",
        cctv_admin_seconds(now - view->started), "country", country.text,
        "browser", cctv_browser_name((cctv_browser_t)view->browser), "system",
        cctv_os_name((cctv_os_t)view->os), "transport",
        cctv_transport_labels[view->transport], "codec", codec_of(view),
        "video", video_of(view), "watched_seconds",
        cctv_admin_seconds(view->watched), "quality", quality_of(view));
}

/* ---- The lists ---- */

static bool is_wanted(const wish_t *wish, const cctv_view_t *view)
{
    return (wish->camera == 0 || view->camera == wish->camera)
           && (wish->user == 0 || view->user == wish->user);
}

static json_t *number_or_null(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

int cctv_admin_list_views(request_rec *r)
{
    static const char *const names[] = { "camera", "user", "after", "limit" };
    cctv_time_t now = cctv_now();
    json_t *list = json_array();
    int64_t next = -1;
    int64_t last = 0;
    int64_t total = 0;
    uint32_t index = 0;
    cctv_view_t view;
    wish_t wish;
    int result;

    if (!read_wish(r, names, &wish, &result)) {
        json_decref(list);
        return result;
    }
    while (cctv_admin_next_view(&index, now, &view)) {
        if (!is_wanted(&wish, &view)) {
            continue;
        }
        total++;
        if ((int64_t)view.index < wish.from) {
            continue;
        }
        if ((int64_t)json_array_size(list) < wish.limit) {
            json_array_append_new(list, view_json(&view, now));
            last = index;
        }
        else {
            next = last;
        }
    }
    return cctv_reply_json(r, HTTP_OK,
                           json_pack("{s:I, s:o, s:o}", "total",
                                     (json_int_t)total, "views", list, "next",
                                     number_or_null(next)));
}

typedef json_t *make_group_t(const cctv_group_t *group);

/* Send a page of groups. The caller frees them. */
static int send_groups(request_rec *r, cctv_groups_t *groups,
                       const wish_t *wish, const char *name,
                       make_group_t *make)
{
    json_t *list = json_array();
    size_t from = (size_t)wish->from;
    size_t end = from + (size_t)wish->limit;
    size_t i;

    cctv_groups_sum(groups);
    if (groups->has_failed) {
        json_decref(list);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    for (i = from; i < groups->count && i < end; i++) {
        json_array_append_new(list, make(&groups->at[i]));
    }
    return cctv_reply_json(
        r, HTTP_OK,
        json_pack("{s:I, s:o, s:o}", "total", (json_int_t)groups->count, name,
                  list, "next",
                  number_or_null(end < groups->count ? (int64_t)end : -1)));
}

static json_t *camera_json(const cctv_group_t *group)
{
    return json_pack("{s:I, s:I}", "camera", (json_int_t)group->key, "views",
                     (json_int_t)group->count);
}

static json_t *user_json(const cctv_group_t *group)
{
    cctv_viewer_name_t viewer = { .client = 0 };
    cctv_view_t view;

    if (group->key != 0
        && cctv_view_table_get(&cctv_views()->table, group->index, &view)
        && view.user == group->key) {
        viewer = cctv_admin_viewer_of(&view);
    }
    return json_pack("{s:o, s:o, s:I}", "user", cctv_admin_name(viewer.name),
                     "user_id", cctv_admin_id(group->key), "views",
                     (json_int_t)group->count);
}

/* Count the views that are wanted, by camera or by user. */
static int list_groups(request_rec *r, const char *name, make_group_t *make)
{
    static const char *const names[] = { "camera", "user", "skip", "limit" };
    cctv_groups_t groups = { .at = NULL };
    uint32_t index = 0;
    cctv_view_t view;
    wish_t wish;
    int result;

    if (!read_wish(r, names, &wish, &result)) {
        return result;
    }
    while (cctv_admin_next_view(&index, cctv_now(), &view)) {
        if (is_wanted(&wish, &view)) {
            cctv_groups_add(&groups,
                            make == camera_json ? (uint64_t)view.camera
                                                : view.user,
                            view.index);
        }
    }
    result = send_groups(r, &groups, &wish, name, make);
    cctv_groups_free(&groups);
    return result;
}

int cctv_admin_list_cameras(request_rec *r)
{
    return list_groups(r, "cameras", camera_json);
}

int cctv_admin_list_users(request_rec *r)
{
    return list_groups(r, "users", user_json);
}
