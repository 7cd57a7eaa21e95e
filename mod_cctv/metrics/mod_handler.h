/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the metrics, for Prometheus.
 * Layer: httpd.
 */
#ifndef CCTV_METRICS_MOD_HANDLER_H
#define CCTV_METRICS_MOD_HANDLER_H

#include "httpd.h"

/**
 * The handler cctv-metrics. The answer is streamed. Its memory does not depend
 * on the number of series: it takes one buffer, and 4 bytes for each live
 * view.
 */
int cctv_metrics_handler(request_rec *r);

#endif
