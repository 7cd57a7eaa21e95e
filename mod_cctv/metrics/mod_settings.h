/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives about label sets.
 * Layer: httpd.
 */
#ifndef CCTV_METRICS_MOD_SETTINGS_H
#define CCTV_METRICS_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_METRICS_SETTINGS(NUMBER, TIME, FLAG, OTHER)                      \
    NUMBER(max_series, "CCTVMaxSeries", SERVER, 16, 10000000, 262144,         \
           NOT_OFF, "series", "the most label sets that are counted")         \
    NUMBER(series_idle, "CCTVSeriesIdle", SERVER, 1, 3650, 30, OR_OFF,        \
           "days",                                                            \
           "after how many days without use a label set is dropped at a "     \
           "restart")                                                         \
    FLAG(has_created, "CCTVMetricsCreated", SERVER, off,                      \
         "whether OpenMetrics also tells when each counter began at zero")

CCTV_SERVER_SETTINGS_DECLARE(metrics, CCTV_METRICS_SETTINGS);

#endif
