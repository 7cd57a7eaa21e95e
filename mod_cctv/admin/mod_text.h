/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_text.h
 * @brief How the admin's view writes times, ids and names.
 * Layer: httpd.
 */
#ifndef CCTV_ADMIN_MOD_TEXT_H
#define CCTV_ADMIN_MOD_TEXT_H

#include "core/clock.h"
#include "views/view_id.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** @return a point in time as "2026-11-27T15:00:00Z"
 *  @param time  CLOCK_MONOTONIC, as `now` */
json_t *cctv_admin_time(cctv_time_t time, cctv_time_t now);

/** @return a number as 16 hexadecimal digits; 0: null */
json_t *cctv_admin_id(uint64_t id);

/** @return the public id of a view as text; all 0: null */
json_t *cctv_admin_view(cctv_public_id_t id);

/** Read what cctv_admin_view() has written. @return false: this is none */
bool cctv_admin_parse_view(const char *text, cctv_public_id_t *id);

/** Read what cctv_admin_id() has written. @return false: this is none */
bool cctv_admin_parse_id(const char *text, uint64_t *id);

/** @return a text; "": null */
json_t *cctv_admin_name(const char *name);

/** @return a time in s with three decimals */
json_t *cctv_admin_seconds(int64_t us);

#endif
