/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file part.h
 * @brief GeoIP as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_GEOIP_PART_H
#define CCTV_GEOIP_PART_H

#include "core/part.h"

extern const cctv_part_t cctv_geoip_part;

#endif
