/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_page.h
 * @brief The module's section of mod_status's page, /server-status.
 * Layer: httpd.
 */
#ifndef CCTV_STATUS_MOD_PAGE_H
#define CCTV_STATUS_MOD_PAGE_H

#include "core/mod_part.h"

/** A table, or with ?auto lines. Nothing happens where mod_status is not
 *  loaded. */
extern const cctv_part_t cctv_status_part;

#endif
