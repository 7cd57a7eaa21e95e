/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_page.h
 * @brief The module's section on /server-status, the page of mod_status.
 * Layer: httpd.
 */
#ifndef CCTV_STATUS_MOD_PAGE_H
#define CCTV_STATUS_MOD_PAGE_H

#include "core/mod_part.h"

/** Writes a table, or lines with ?auto. Without mod_status it does nothing. */
extern const cctv_part_t cctv_status_part;

#endif
