/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The events part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_EVENTS_MOD_PART_H
#define CCTV_EVENTS_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_events_part;

#endif
