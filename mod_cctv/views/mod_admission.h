/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_admission.h
 * @brief Admission: whether a user may watch a camera, and the start of a
 *        view, for all transports.
 * Layer: httpd.
 *
 * A start goes through these steps. The first step that refuses the start
 * answers the request:
 *
 *     1. check that the requester may see the     cctv_admission_camera()
 *        camera
 *     2. check that no operator denies the        cctv_admission_begin()
 *        start (mod_denial.h)                     does steps 2 to 6
 *     3. check that the camera has not just
 *        failed
 *     4. take the places: of the client, of all
 *        views with video, of the camera
 *     5. let the transport prepare the video
 *        (calls Janus)
 *     6. publish the view, or give the places
 *        back
 *
 * Steps 1 to 4 do not call Janus. The cost of step 4 does not depend on the
 * number of views. If a process dies in step 5, the next sweep gives its
 * places back (views.h).
 */
#ifndef CCTV_VIEWS_MOD_ADMISSION_H
#define CCTV_VIEWS_MOD_ADMISSION_H

#include "sdp/fault.h"
#include "views/mod_transport.h"

#include "httpd.h"

/** @return the keyed hash of the user that Apache has authenticated; 0: there
 *  is no user */
uint64_t cctv_admission_user(const request_rec *r);

/** @return the client's address, 4 or 16 bytes; one of IPv4 that a socket of
 *  IPv6 has accepted is one of IPv4 */
const unsigned char *cctv_admission_address(const request_rec *r, size_t *len);

/** @return the keyed hash of the client's address: of its network for IPv6 */
uint64_t cctv_admission_client(const request_rec *r);

/** @param role  the keyed hash of a role
 *  @return whether the requester may see the cameras of this role */
bool cctv_admission_may_see(request_rec *r, uint64_t role);

/** Count that the start of a view is refused for this reason, which the event
 *  logs tell as well. The caller answers the request. */
void cctv_admission_count_refused(request_rec *r, cctv_refused_t reason);

/** Answer a request whose SDP has a mistake. */
int cctv_admission_sdp_fault(request_rec *r, cctv_sdp_fault_t fault);

/** Answer a request of a viewer that plays none of these codecs.
 *  @param codecs  the sum of CCTV_CODEC_BIT() and CCTV_HLS_BIT, not 0 */
int cctv_admission_refuse_codecs(request_rec *r, unsigned codecs);

/**
 * Read the SDP offer of a viewer, if there is one.
 *
 * @param text    from outside, len bytes, lives as long as the offer; NULL:
 *                there is none
 * @param offer   gets it; its format is not chosen yet
 * @param viewer  gets the codecs of the offer
 * @param result  written only on failure
 * @return false: the offer has a mistake; the request has been answered, and
 *         the handler returns `result`
 */
bool cctv_admission_offer(request_rec *r, const char *text, size_t len,
                          cctv_offer_t *offer, cctv_viewer_t *viewer,
                          int *result);

/**
 * Check that the requester may watch a camera, and choose the stream that the
 * viewer plays. Asks the database.
 *
 * @param id      0: there is no such camera
 * @param viewer  has its codecs (CCTV_CODECS_OF_BROWSERS if it has not said
 *                what it plays); on success gets the camera, its role, and
 *                the stream
 * @param result  written only on failure
 * @return false: the request has been answered, and the handler returns
 *         `result`
 */
bool cctv_admission_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                           int *result);

/**
 * Start a view of a camera that cctv_admission_camera() has accepted.
 *
 * @param viewer  has its camera, role and transport; gets all other members
 * @param offer   has the viewer's offer, if there is one; the rest is written
 *                only if the view has a transport
 * @param result  written only on failure
 * @return false: the request has been answered, and the handler returns
 *         `result`
 */
bool cctv_admission_begin(request_rec *r, cctv_viewer_t *viewer,
                          cctv_view_t *view, cctv_offer_t *offer, int *result);

/**
 * End a view whose client does not get to know it, because there was no memory
 * for the answer. Such a client cannot end it.
 *
 * @param result  what the handler is about to return
 * @return result
 */
int cctv_admission_sent(const cctv_view_t *view, int result);

#endif
