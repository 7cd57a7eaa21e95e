/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_admission.h
 * @brief Admission: who may watch what, and the start of a view, the same for
 *        each transport.
 * Layer: httpd.
 *
 * A start goes through these steps, and the first that refuses answers:
 *
 *     1. may the requester see the camera      cctv_admission_camera()
 *     2. has the camera just failed            cctv_admission_begin(), from
 *     3. places of the client, of all views      here on
 *        with video and of the camera
 *     4. the transport: Janus
 *     5. publish the view, or give the places back
 *
 * Steps 1 to 3 cost no call of Janus. Step 3 costs the same however many
 * views there are. A process that dies in step 4 loses nothing: the next
 * sweep gives its places back (views.h).
 */
#ifndef CCTV_VIEWS_MOD_ADMISSION_H
#define CCTV_VIEWS_MOD_ADMISSION_H

#include "views/mod_transport.h"

#include "httpd.h"

/** Keyed hash of the user whom Apache has authenticated; 0: nobody. */
uint64_t cctv_admission_user(const request_rec *r);

/** Whether the requester may see cameras of the role with this keyed hash. */
bool cctv_admission_may_see(request_rec *r, uint64_t role);

/**
 * Whether the requester may watch a camera, and the camera can be watched.
 *
 * @param id       0: there is no such camera
 * @param viewer   then has the camera and its role
 * @param profile  of the camera's H.264, in the request's pool; NULL: not
 *                 known
 * @param result   written where not: the request has been answered
 */
bool cctv_admission_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                           const char **profile, int *result);

/**
 * Start a view of such a camera.
 *
 * @param viewer  with its camera, role and transport; gets the rest
 * @param offer   written where the view has a transport
 * @param result  written where it cannot start: the request has been answered
 */
bool cctv_admission_begin(request_rec *r, cctv_viewer_t *viewer,
                          const char *profile, cctv_view_t *view,
                          cctv_offer_t *offer, int *result);

#endif
