/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the clusters of a map.
 * Layer: httpd.
 */
#ifndef CCTV_CLUSTERS_MOD_HANDLER_H
#define CCTV_CLUSTERS_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-clusters. */
int cctv_clusters_handler(request_rec *r);

#endif
