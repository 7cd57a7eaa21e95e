/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file settings.c
 * @brief The directives about label sets.
 * Layer: httpd.
 */
#include "metrics/settings.h"

CCTV_SERVER_SETTINGS_DEFINE(metrics, CCTV_METRICS_SETTINGS)
