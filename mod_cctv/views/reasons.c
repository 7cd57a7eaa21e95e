/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reasons.c
 * @brief The reasons why views end, and why they cannot start, and the names of
 *        transports.
 * Layer: pure.
 */
#include "views/reasons.h"

#include "views/view_table.h"

#define LABEL(name, label) label,

const char *const cctv_ended_labels[] = { CCTV_ENDED_LIST(LABEL) };
const char *const cctv_refused_labels[] = { CCTV_REFUSED_LIST(LABEL) };

const char *const cctv_transport_labels[] = {
    [CCTV_TRANSPORT_NONE] = "none",   [CCTV_TRANSPORT_SERVER] = "server",
    [CCTV_TRANSPORT_WHEP] = "whep",   [CCTV_TRANSPORT_PROXY] = "proxy",
    [CCTV_TRANSPORT_STILL] = "still", [CCTV_TRANSPORT_HLS] = "hls",
};
