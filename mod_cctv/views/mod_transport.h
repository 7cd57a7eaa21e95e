/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transport.h
 * @brief The interface of transports: how the video of a view gets to its
 *        viewer.
 * Layer: httpd.
 *
 * The video part registers one table for each transport that is configured
 * (server-side signalling, WHEP, proxy). A view without video from Janus
 * (CCTV_TRANSPORT_NONE, CCTV_TRANSPORT_STILL) needs none: the server only
 * counts it.
 */
#ifndef CCTV_VIEWS_MOD_TRANSPORT_H
#define CCTV_VIEWS_MOD_TRANSPORT_H

#include "sdp/offer.h"
#include "views/views.h"

#include "httpd.h"

#include <jansson.h>

/** What a viewer needs to get the video. The strings are in the request's
 *  pool. */
typedef struct {
    /** The SDP offer that came with the request: cctv_admission_offer() sets
     *  it. NULL: the viewer waits for an offer. */
    cctv_sdp_offer_t *from_viewer;
    /** The offer for the viewer, or the answer to its own one; NULL: the viewer
     *  asks Janus for the offer. */
    const char *sdp;
    const char *hls; /**< the address that the viewer plays; NULL: none */
    const char *pin; /**< the pin of the mountpoint; NULL: it has none */
    /** The walks over all views that had ended when the view was begun; of the
     *  video part. */
    uint32_t walks;
} cctv_offer_t;

typedef struct {
    /** The limits that views of this transport are checked against; 0: no
     *  limit. */
    uint32_t max_viewers;
    uint32_t max_per_camera;

    /**
     * Check in shared memory that the viewer's stream has not just failed. NULL: there
     * is nothing to check.
     *
     * @param result  written only on failure
     * @return false: the request has been answered
     */
    bool (*is_promising)(request_rec *r, const cctv_viewer_t *viewer,
                         int *result);

    /**
     * Prepare the video of a view that has been reserved.
     *
     * @param offer   has the viewer's offer, if there is one; gets the rest
     * @param viewer  on success gets its Janus session, if the transport
     *                makes one
     * @param result   written only on failure
     * @return false: the request has been answered
     */
    bool (*prepare)(request_rec *r, cctv_viewer_t *viewer, cctv_offer_t *offer,
                    int *result);

    /** Called when the view has been published. NULL: there is nothing to do. */
    void (*published)(cctv_view_t *view, const cctv_offer_t *offer);

    /** Undo prepare() for a view that could not be published. NULL: there is
     *  nothing to undo. */
    void (*roll_back)(const cctv_viewer_t *viewer);

    /** Add members to the answer to view-start (json/member.h). NULL: there
     *  are none. */
    void (*add_members)(const cctv_view_t *view, const char *id,
                        const cctv_offer_t *offer, json_t **body);

    /** @return further members for the answer to a heartbeat: "" or JSON that
     *  starts with a comma. NULL: there are none. */
    const char *(*heartbeat_members)(request_rec *r, const cctv_view_t *view,
                                     const char *id);

    /** Called after a view has ended because its viewer may not watch the
     *  camera any more, or not for a time. NULL: there is nothing to do. */
    void (*denied)(const cctv_view_t *view);
} cctv_transport_ops_t;

/**
 * Offer a transport in this process. Not thread-safe: call it before the
 * process has threads.
 *
 * @param ops  has to live as long as the process; NULL: the transport is not
 *             offered any more
 */
void cctv_transport_register(cctv_transport_t transport,
                             const cctv_transport_ops_t *ops);

/** @return the operations of a transport; NULL: it is not offered */
const cctv_transport_ops_t *cctv_transport(cctv_transport_t transport);

/**
 * End a view that was found, because its viewer may not watch the camera any
 * more (CCTV_ENDED_DENIED), and tell its transport.
 *
 * @return false: the view has changed meanwhile; find it again
 */
bool cctv_transport_deny(cctv_views_t *shared, const cctv_view_t *view,
                         cctv_moment_t now);

/** As cctv_transport_deny(), because an operator ends it (CCTV_ENDED_KICKED). */
bool cctv_transport_kick(cctv_views_t *shared, const cctv_view_t *view,
                         cctv_moment_t now);

#endif
