/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_camera.c
 * @brief Looks up the camera of a view that is to start.
 * Layer: httpd.
 */
#include "views/mod_camera.h"

#include "cameras/mod_access.h"
#include "cameras/mod_catalogue.h"
#include "cameras/mod_handler.h"
#include "cameras/mod_source.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_event_log.h"

#include "apr_strings.h"

static bool choose_stream(request_rec *r, const cctv_streams_t *streams,
                          cctv_viewer_t *viewer, int *result)
{
    cctv_stream_t stream;

    if (cctv_streams_codecs(streams) == 0) {
        *result = cctv_reply_problem(r, HTTP_CONFLICT,
                                     "The video of this camera cannot be "
                                     "shown in a browser: it is not "
                                     "playable.");
        return false;
    }
    if (!cctv_streams_choose(streams, viewer->codecs, &stream)) {
        *result = cctv_admission_refuse_codecs(r,
                                               cctv_streams_codecs(streams));
        return false;
    }
    viewer->codec = stream.codec;
    viewer->is_second = stream.is_second;
    if (stream.is_hls) {
        viewer->transport = CCTV_TRANSPORT_HLS;
    }
    return true;
}

static bool answer_without_still(request_rec *r, int *result)
{
    *result = cctv_reply_problem(r, HTTP_CONFLICT,
                                 "This camera has no still picture.");
    return false;
}

static void note_role(request_rec *r, cctv_viewer_t *viewer, cctv_text_t role)
{
    viewer->role = cctv_keyed_hash(role.text, role.len);
    if (cctv_event_log() != NULL) {
        viewer->role_name = apr_pstrmemdup(r->pool, role.text, role.len);
    }
}

/* What a camera shows. */
typedef struct {
    cctv_streams_t streams;
    bool has_still; /* for views of still pictures only */
} shows_t;

/* Whether a camera that is in the catalogue has a still picture. */
static int look_for_still(request_rec *r, const cctv_filter_t *filter,
                          int32_t camera, shows_t *shows)
{
    int result = cctv_cameras_catalogue()->look_for_still(r, filter, camera);

    shows->has_still = result == OK;
    return result == HTTP_NOT_FOUND ? OK : result;
}

/* Look up a camera in the catalogue. @return DECLINED: there is none */
static int look_in_catalogue(request_rec *r, const cctv_filter_t *filter,
                             cctv_viewer_t *viewer, shows_t *shows)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();
    cctv_text_t role;
    int result = catalogue == NULL ? DECLINED
                                   : catalogue->look(r, filter, viewer->camera,
                                                     &role, &shows->streams);

    if (result == OK) {
        note_role(r, viewer, role);
    }
    return result == OK && viewer->transport == CCTV_TRANSPORT_STILL
               ? look_for_still(r, filter, viewer->camera, shows)
               : result;
}

/* Look up a camera in the database. @return OK, HTTP_NOT_FOUND, or a status as
 *  from cctv_source_item() */
static int look_in_database(request_rec *r, const cctv_filter_t *filter,
                            cctv_viewer_t *viewer, shows_t *shows)
{
    cctv_camera_t camera;
    cctv_page_t page;
    int result = cctv_source_item(r, filter, viewer->camera, &page);

    if (result != OK) {
        return result;
    }
    if (page.count == 0) {
        result = HTTP_NOT_FOUND;
    }
    else {
        cctv_source_camera(&page, 0, &camera);
        note_role(r, viewer, camera.role);
        shows->streams = camera.streams;
        shows->has_still = camera.has_still;
    }
    cctv_source_free(&page);
    return result;
}

bool cctv_view_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                      int *result)
{
    cctv_filter_t filter = { .roles = cctv_access_roles(r) };
    shows_t shows;

    if (id == 0 || (filter.roles != NULL && filter.roles->nelts == 0)) {
        *result = cctv_cameras_not_here(r);
        return false;
    }
    *result = look_in_catalogue(r, &filter, viewer, &shows);
    if (*result == DECLINED) {
        *result = look_in_database(r, &filter, viewer, &shows);
    }
    if (*result != OK) {
        *result = *result == HTTP_NOT_FOUND
                      ? cctv_cameras_not_here(r)
                      : cctv_cameras_no_answer(r, *result);
        return false;
    }
    if (viewer->transport == CCTV_TRANSPORT_STILL) {
        return shows.has_still || answer_without_still(r, result);
    }
    return choose_stream(r, &shows.streams, viewer, result);
}
