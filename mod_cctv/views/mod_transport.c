/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transport.c
 * @brief The table of the transports that this process offers.
 * Layer: httpd.
 */
#include "views/mod_transport.h"

static const cctv_transport_ops_t *transports[CCTV_TRANSPORT_COUNT];

void cctv_transport_register(cctv_transport_t transport,
                             const cctv_transport_ops_t *ops)
{
    transports[transport] = ops;
}

const cctv_transport_ops_t *cctv_transport(cctv_transport_t transport)
{
    return transports[transport];
}

static bool end_view(cctv_views_t *shared, const cctv_view_t *view,
                     cctv_ended_t reason, cctv_moment_t now)
{
    const cctv_transport_ops_t *transport = cctv_transport(view->transport);

    if (!cctv_view_end(shared, view, reason, now)) {
        return false;
    }
    if (transport != NULL && transport->denied != NULL) {
        transport->denied(view);
    }
    return true;
}

bool cctv_transport_deny(cctv_views_t *shared, const cctv_view_t *view,
                         cctv_moment_t now)
{
    return end_view(shared, view, CCTV_ENDED_DENIED, now);
}

bool cctv_transport_kick(cctv_views_t *shared, const cctv_view_t *view,
                         cctv_moment_t now)
{
    return end_view(shared, view, CCTV_ENDED_KICKED, now);
}
