/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Vector tiles as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_TILES_MOD_PART_H
#define CCTV_TILES_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_tiles_part;

#endif
