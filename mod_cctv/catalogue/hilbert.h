/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hilbert.h
 * @brief Orders cameras so that neighbours on the map are neighbours in memory,
 *        and makes the R-tree over them.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_HILBERT_H
#define CCTV_CATALOGUE_HILBERT_H

#include "catalogue/read.h"

#include <stdbool.h>

/**
 * The place of a position along the Hilbert curve, which fills the map with a
 * grid of 2.4 m at the equator. Below 2^48.
 */
uint64_t cctv_hilbert(double lng, double lat);

/**
 * Order cameras along the curve.
 *
 * @param order  written: count indexes; those at the same place ascend
 * @return false: there is no memory
 */
bool cctv_hilbert_order(const cctv_catalogue_record_t *records, uint32_t count,
                        uint32_t *order);

/**
 * Fill the nodes of the tree.
 *
 * @param catalogue  has its count, its records by slot, and its levels
 * @param nodes      node_count nodes
 */
void cctv_tree_build(const cctv_catalogue_t *catalogue,
                     cctv_catalogue_node_t *nodes);

#endif
