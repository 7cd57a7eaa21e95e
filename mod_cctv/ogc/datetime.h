/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file datetime.h
 * @brief Checks the parameter datetime of OGC API - Features.
 * Layer: pure.
 */
#ifndef CCTV_OGC_DATETIME_H
#define CCTV_OGC_DATETIME_H

#include <stdbool.h>

/**
 * Whether a text is a date-time, a date, or an interval of them with ".." or
 * nothing for an open end: "2026-11-27T12:00:00Z", "2026-11-01/..",
 * "../2026-11-27". An interval without any end is none. Thread-safe.
 */
bool cctv_datetime_is_valid(const char *text);

#endif
