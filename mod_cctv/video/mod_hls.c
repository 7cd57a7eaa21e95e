/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_hls.c
 * @brief The transport HLS: the viewer gets the address of the camera's HLS, and
 *        its browser plays it by itself.
 * Layer: httpd.
 */
#include "video/mod_hls.h"

#include "cameras/mod_handler.h"
#include "cameras/mod_source.h"
#include "core/mod_log.h"
#include "hls/address.h"
#include "hls/mod_settings.h"
#include "http/mod_reply.h"
#include "json/member.h"
#include "memory/mod_part.h"
#include "video/mod_settings.h"
#include "views/mod_admission.h"

#include <string.h>

/* Answer a request for a camera whose address is not to be given away. */
static int refuse(request_rec *r, int32_t camera)
{
    CCTV_LOG_R(APLOG_INFO, 0, r, "CCTV0250",
               "camera %d: its address of HLS is not given to viewers: it has "
               "to be https, end with .m3u8 and have no login",
               camera);
    return cctv_reply_problem(r, HTTP_CONFLICT,
                              "The video of this camera cannot be shown in a "
                              "browser: it is not playable.");
}

/* Read the address. The catalogue may be some seconds old, so the role is looked
 * at again. */
static bool prepare(request_rec *r, cctv_viewer_t *viewer, cctv_offer_t *offer,
                    int *result)
{
    const char *role, *url;
    int status = cctv_source_hls(r, viewer->camera, &role, &url);

    if (status != OK) {
        *result = cctv_cameras_no_answer(r, status);
        return false;
    }
    if (role == NULL
        || !cctv_admission_may_see(r, cctv_keyed_hash(role, strlen(role)))) {
        *result = cctv_cameras_not_here(r);
        return false;
    }
    if (!cctv_hls_is_address(url)) {
        *result = refuse(r, viewer->camera);
        return false;
    }
    offer->hls = url;
    return true;
}

static void add_hls(const cctv_view_t *view, const char *id,
                    const cctv_offer_t *offer, json_t **body)
{
    (void)view;
    (void)id;
    cctv_json_set(body, "hls", json_pack("{s:s}", "url", offer->hls));
}

static cctv_transport_ops_t ops = { .prepare = prepare,
                                    .add_members = add_hls };

void cctv_hls_register(const server_rec *s)
{
    const cctv_video_settings_t *settings = cctv_video_settings(s);

    ops.max_viewers = (uint32_t)settings->max_viewers;
    ops.max_per_camera = (uint32_t)settings->max_per_camera;
    cctv_transport_register(CCTV_TRANSPORT_HLS,
                            cctv_hls_settings(s)->is_on ? &ops : NULL);
}
