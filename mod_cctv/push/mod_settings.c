/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about clients of changes.
 * Layer: httpd.
 */
#include "push/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(push, CCTV_PUSH_SETTINGS)
