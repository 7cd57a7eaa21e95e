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

/** Bits of a coordinate in the grid. */
#define CCTV_HILBERT_BITS 24

/**
 * The grid is the square of Web Mercator maps, with 2^24 columns from the west
 * and as many rows from the north: 2.4 m at the equator. What is beyond 85.05
 * degrees is in the first or the last row. A greater longitude never has a
 * smaller column, and a greater latitude never a greater row.
 */
uint32_t cctv_hilbert_column(double lng);
uint32_t cctv_hilbert_row(double lat);

/**
 * The place of a position along the Hilbert curve, which fills the grid. Below
 * 2^48. A tile of the map, at any zoom up to 24, is one piece of the curve: its
 * places are those that start with the same 2 * zoom bits.
 */
uint64_t cctv_hilbert(double lng, double lat);

/** The column and the row, among 2^level of each, of the tile whose places
 *  start with these 2 * level bits. */
void cctv_hilbert_tile(uint64_t bits, int level, uint32_t *column,
                       uint32_t *row);

/**
 * Order cameras along the curve.
 *
 * @param order  written: count indexes; those at the same place ascend
 * @return false: there is no memory
 */
bool cctv_hilbert_order(const cctv_catalogue_record_t *records, uint32_t count,
                        uint32_t *order);

/** The places of cameras along the curve, in the order of their slots. */
void cctv_hilbert_places(const cctv_catalogue_record_t *records,
                         uint32_t count, uint64_t *places);

/**
 * Fill the nodes of the tree.
 *
 * @param catalogue  has its count, its records by slot, and its levels
 * @param nodes      node_count nodes
 */
void cctv_tree_build(const cctv_catalogue_t *catalogue,
                     cctv_catalogue_node_t *nodes);

#endif
