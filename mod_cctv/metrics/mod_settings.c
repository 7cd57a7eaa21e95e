/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about label sets.
 * Layer: httpd.
 */
#include "metrics/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(metrics, CCTV_METRICS_SETTINGS)
