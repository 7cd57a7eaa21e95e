/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The admin's view as a part of the module: who watches what, what
 *        fails, and what an operator can do about it.
 * Layer: httpd.
 */
#ifndef CCTV_ADMIN_MOD_PART_H
#define CCTV_ADMIN_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_admin_part;

#endif
