/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief GET of the metrics, for Prometheus.
 * Layer: httpd.
 */
#ifndef CCTV_METRICS_MOD_HANDLER_H
#define CCTV_METRICS_MOD_HANDLER_H

#include "httpd.h"

/**
 * SetHandler cctv-metrics. The answer is streamed: however many series there
 * are, it takes the memory of one buffer and 4 bytes for each live view.
 */
int cctv_metrics_handler(request_rec *r);

#endif
