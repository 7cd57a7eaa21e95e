/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief WHEP (draft-ietf-wish-whep) for any player: the server makes the SDP
 *        offer.
 * Layer: httpd.
 */
#include "whep/mod_handler.h"

#include "cameras/mod_handler.h"
#include "http/mod_body.h"
#include "http/mod_cors.h"
#include "http/mod_mask.h"
#include "http/mod_path.h"
#include "http/mod_reply.h"
#include "views/mod_part.h"
#include "video/mod_lifecycle.h"
#include "video/mod_ice.h"
#include "video/mod_sdp_answer.h"
#include "views/mod_admission.h"

#include "apr_strings.h"
#include "http_protocol.h"

#include <string.h>

#define SDP "application/sdp"

/* The longest offer or answer that is read: bytes. */
#define BODY_MAX 16384

/* Read the body, which is SDP or empty.
 * @return NULL: the request has been answered */
static const char *read_sdp(request_rec *r, size_t *len, int *result)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    const char *text = cctv_body_read(r, BODY_MAX, len, result);
    size_t end = type == NULL ? 0 : strcspn(type, "; \t");

    if (text == NULL) {
        return NULL;
    }
    if (*len > 0
        && (end != sizeof SDP - 1 || strncasecmp(type, SDP, end) != 0)) {
        *result = cctv_reply_problem(r, HTTP_UNSUPPORTED_MEDIA_TYPE,
                                     "The body has to be SDP, sent as " SDP
                                     ": candidates are not needed.");
        return NULL;
    }
    return text;
}

/* ---- The offer ---- */

/* Add a Link header for each ICE server. @return false: out of memory */
static bool add_links(request_rec *r, const char *id)
{
    json_t *servers = cctv_ice_servers(id);
    const json_t *server;
    size_t i;

    json_array_foreach(servers, i, server)
    {
        const char *user = json_string_value(
            json_object_get(server, "username"));
        const char *link = apr_psprintf(
            r->pool, "<%s>; rel=\"ice-server\"",
            json_string_value(
                json_array_get(json_object_get(server, "urls"), 0)));

        if (user != NULL) {
            link = apr_psprintf(
                r->pool,
                "%s; username=\"%s\"; credential=\"%s\"; "
                "credential-type=\"password\"",
                link, user,
                json_string_value(json_object_get(server, "credential")));
        }
        apr_table_addn(r->headers_out, "Link", link);
    }
    json_decref(servers);
    return servers != NULL;
}

static int offer_view(request_rec *r, int32_t camera)
{
    cctv_viewer_t viewer = { .transport = CCTV_TRANSPORT_WHEP,
                             .codecs = CCTV_CODECS_OF_BROWSERS };
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    cctv_offer_t made;
    size_t len;
    int result;

    /* The player's offer is read and ignored. */
    if (read_sdp(r, &len, &result) == NULL
        || !cctv_admission_camera(r, camera, &viewer, &result)
        || !cctv_admission_begin(r, &viewer, &view, &made, &result)) {
        return result;
    }
    cctv_view_id(&view, id);
    apr_table_setn(r->headers_out, "Location",
                   apr_pstrcat(r->pool, r->uri, "/", id, NULL));
    apr_table_setn(r->headers_out, "Accept-Patch", SDP);
    if (!add_links(r, id)) {
        return cctv_reply_json(r, HTTP_INTERNAL_SERVER_ERROR, NULL);
    }
    return cctv_reply_text(r, HTTP_NOT_ACCEPTABLE, SDP, made.sdp);
}

/* ---- The answer and the end ---- */

static bool find_view(request_rec *r, int32_t camera, const char *id,
                      cctv_view_t *view)
{
    return cctv_view_find(cctv_views(), id, cctv_admission_user(r),
                          cctv_moment_now(), view)
           && view->transport == CCTV_TRANSPORT_WHEP && view->camera == camera;
}

/* A view whose user no longer has the role of the camera ends. Any PATCH is a
 * chance to notice this, so it comes before the body is looked at. */
static bool find_allowed_view(request_rec *r, int32_t camera, const char *id,
                              cctv_view_t *view)
{
    if (!find_view(r, camera, id, view)) {
        return false;
    }
    if (!cctv_admission_may_see(r, view->role)) {
        cctv_view_end(cctv_views(), view, CCTV_ENDED_DENIED,
                      cctv_moment_now());
        return false;
    }
    return true;
}

static int answer_view(request_rec *r, int32_t camera, const char *id)
{
    cctv_view_t view;
    const char *sdp;
    size_t len;
    int result;

    if (!find_allowed_view(r, camera, id, &view)) {
        return cctv_reply_problem(r, HTTP_NOT_FOUND,
                                  "This view has ended or never was: POST for "
                                  "a new one.");
    }
    sdp = read_sdp(r, &len, &result);
    if (sdp == NULL) {
        return result;
    }
    return cctv_sdp_answer(r, &view, sdp, len, &result)
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : result;
}

static int end_view(request_rec *r, int32_t camera, const char *id)
{
    cctv_view_t view;

    while (find_view(r, camera, id, &view)
           && !cctv_view_end(cctv_views(), &view, CCTV_ENDED_ENDED,
                             cctv_moment_now())) {
    }
    return cctv_reply_empty(r, HTTP_OK);
}

/* Answer a request for the path 42/<view>. */
static int resource(request_rec *r, int32_t camera, const char *id)
{
    int result;

    cctv_mask_late(r);
    if (!cctv_reply_allows(r, M_PATCH, &result)
        || !cctv_cors_is_trusted(r, &result)) {
        return result;
    }
    return r->method_number == M_DELETE ? end_view(r, camera, id)
                                        : answer_view(r, camera, id);
}

/* Answer a request for the path 42. */
static int endpoint(request_rec *r, int32_t camera)
{
    int result;

    apr_table_setn(r->headers_out, "Accept-Post", SDP);
    if (!cctv_reply_allows(r, M_POST, &result)
        || !cctv_cors_is_trusted(r, &result)) {
        return result;
    }
    return offer_view(r, camera);
}

int cctv_whep_handler(request_rec *r)
{
    const char *path = cctv_path_below(r, "cctv-whep");
    const char *slash = path == NULL ? NULL : strchr(path, '/');
    const char *camera = slash == NULL
                             ? path
                             : apr_pstrmemdup(r->pool, path,
                                              (apr_size_t)(slash - path));
    int number = 0;

    cctv_cors_apply(r, slash == NULL ? M_POST : M_PATCH);
    if (camera == NULL || cctv_video() == NULL
        || !cctv_path_parse_id(camera, &number)) {
        return cctv_cameras_not_here(r);
    }
    return slash == NULL ? endpoint(r, number)
                         : resource(r, number, slash + 1);
}
