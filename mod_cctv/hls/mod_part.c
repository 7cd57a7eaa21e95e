/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief HLS that browsers play by themselves, as a part of the module.
 * Layer: httpd.
 */
#include "hls/mod_part.h"

#include "hls/mod_settings.h"

const cctv_part_t cctv_hls_part = { .name = "hls",
                                    .settings = &cctv_hls_settings_group };
