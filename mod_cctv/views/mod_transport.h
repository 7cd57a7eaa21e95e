/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transport.h
 * @brief How the video of a view gets to its viewer: what a transport has to
 *        implement.
 * Layer: httpd.
 *
 * The video part registers one table for each transport that is configured
 * (server-side signalling, WHEP, proxy). A view without a transport
 * (CCTV_TRANSPORT_NONE) needs none: the server only counts it.
 */
#ifndef CCTV_VIEWS_MOD_TRANSPORT_H
#define CCTV_VIEWS_MOD_TRANSPORT_H

#include "views/views.h"

#include "httpd.h"

#include <jansson.h>

/** What a viewer needs to get the video; in the request's pool. */
typedef struct {
    const char *sdp; /**< NULL: the viewer asks Janus for the offer */
    const char *pin; /**< of the mountpoint; NULL: none */
} cctv_offer_t;

typedef struct {
    /** Limits of this transport's views; 0: none. */
    uint32_t max_viewers;
    uint32_t max_per_camera;

    /**
     * Whether a start has a chance, as far as shared memory knows: the camera
     * has not just failed. NULL: always.
     *
     * @param result  written where not: the request has been answered
     */
    bool (*is_promising)(request_rec *r, int32_t camera, int *result);

    /**
     * Get the video ready for a view that has been reserved.
     *
     * @param viewer   then has its Janus session, where there is one
     * @param profile  of the camera's H.264; NULL: not known
     * @param result   written where it fails: the request has been answered
     */
    bool (*prepare)(request_rec *r, cctv_viewer_t *viewer, const char *profile,
                    cctv_offer_t *offer, int *result);

    /** Undo that, for a view that does not start after all. */
    void (*roll_back)(const cctv_viewer_t *viewer);

    /** Add members to the answer of view-start (json/member.h); NULL:
     *  none. */
    void (*add_members)(const cctv_view_t *view, const char *id,
                        const cctv_offer_t *offer, json_t **body);

    /** Further members for the answer of a heartbeat: "" or text that starts
     *  with a comma; NULL: none. */
    const char *(*heartbeat_members)(request_rec *r, const cctv_view_t *view,
                                     const char *id);
} cctv_transport_ops_t;

/** Offer a transport in this process, or no more (NULL). Before it has
 *  threads. @param transport  lives as long as the process */
void cctv_transport_register(cctv_transport_t transport,
                             const cctv_transport_ops_t *ops);

/** NULL: it is not offered. */
const cctv_transport_ops_t *cctv_transport(cctv_transport_t transport);

#endif
