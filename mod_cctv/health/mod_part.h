/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The health check as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_HEALTH_MOD_PART_H
#define CCTV_HEALTH_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_health_part;

#endif
