/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief HLS that browsers play by themselves, as a part of the module.
 * Layer: httpd.
 *
 * It has only the directive, because cameras, the catalogue and views read it.
 * The transport is video/mod_hls.h.
 */
#ifndef CCTV_HLS_MOD_PART_H
#define CCTV_HLS_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_hls_part;

#endif
