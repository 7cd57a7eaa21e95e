/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file admission.h
 * @brief Who may watch what, and the start of a view, whichever way its video
 *        comes.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_ADMISSION_H
#define CCTV_VIEWS_ADMISSION_H

#include "video/signalling.h"
#include "views/views.h"

#include "httpd.h"

/** Keyed hash of the user that Apache has authenticated; 0: nobody. */
uint64_t cctv_admission_user(const request_rec *r);

/** Whether the requester may see cameras of the role with this keyed hash. */
bool cctv_admission_may_see(request_rec *r, uint64_t role);

/**
 * Whether the requester may watch a camera, and the camera can be watched.
 *
 * @param id       0: of no camera
 * @param viewer   then has the camera and its role
 * @param profile  of its H.264, in the request's pool; NULL: not known
 * @param result   written where not: it has been answered
 */
bool cctv_admission_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                           const char **profile, int *result);

/**
 * Start a view of such a camera, with an offer of Janus if it has a way.
 *
 * @param viewer  with its camera, role and way; gets the rest
 * @param offer   written if there is a way
 * @param result  written where it cannot start: it has been answered
 */
bool cctv_admission_begin(request_rec *r, cctv_viewer_t *viewer,
                          const char *profile, cctv_session_t *session,
                          cctv_offer_t *offer, int *result);

#endif
