/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief OGC API - Features as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_OGC_MOD_PART_H
#define CCTV_OGC_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_ogc_part;

#endif
