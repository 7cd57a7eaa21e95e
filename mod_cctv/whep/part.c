/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file part.c
 * @brief WHEP as a part of the module.
 * Layer: httpd.
 */
#include "whep/part.h"

#include "whep/handler.h"

static const cctv_route_t routes[] = { { "whep", cctv_whep_handler, M_INVALID,
                                         CCTV_NEEDS_DATABASE | CCTV_NEEDS_JANUS
                                             | CCTV_NEEDS_JANUS_ADMIN },
                                       { .name = NULL } };

const cctv_part_t cctv_whep_part = { .name = "whep", .routes = routes };
