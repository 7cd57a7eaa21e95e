/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Clusters for maps as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_CLUSTERS_MOD_PART_H
#define CCTV_CLUSTERS_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_clusters_part;

#endif
