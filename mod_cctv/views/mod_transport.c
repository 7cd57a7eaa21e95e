/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transport.c
 * @brief The transports that this process offers.
 * Layer: httpd.
 */
#include "views/mod_transport.h"

static const cctv_transport_t *transports[CCTV_WAY_PROXY + 1];

void cctv_transport_register(cctv_way_t way, const cctv_transport_t *transport)
{
    transports[way] = transport;
}

const cctv_transport_t *cctv_transport(cctv_way_t way)
{
    return transports[way];
}
