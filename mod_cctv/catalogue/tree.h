/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tree.h
 * @brief Goes down the R-tree of a catalogue.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_TREE_H
#define CCTV_CATALOGUE_TREE_H

#include "catalogue/search.h"

/** A growing list of cameras. */
typedef struct {
    int *at; /**< from malloc() */
    int count;
    int size;
    bool failed; /**< there is no memory */
} cctv_hits_t;

/** @return whether there is memory */
bool cctv_hits_reserve(cctv_hits_t *hits, int more);

/** Sort a list of cameras that are all below `end`. @return whether there is
 *  memory */
bool cctv_hits_sort(cctv_hits_t *hits, int end);

/** Whether cameras of a node can match a search, apart from its text. */
typedef enum {
    CCTV_NODE_NONE,
    CCTV_NODE_SOME,
    CCTV_NODE_ALL_BUT_STATUS, /**< those with the status that is asked for */
    CCTV_NODE_ALL
} cctv_node_match_t;

/** @param node  its number in `nodes` */
cctv_node_match_t cctv_tree_match(const cctv_search_t *search, uint32_t node);

/**
 * The children of a node: nodes of the level below, or slots if it is a leaf.
 * @param end    written: behind the last child
 * @return the first child
 */
uint32_t cctv_tree_children(const cctv_catalogue_t *catalogue, int level,
                            uint32_t node, uint32_t *end);

/**
 * The slots below a node of a level.
 * @param end  written: behind the last one
 * @return the first one
 */
uint32_t cctv_tree_slots(const cctv_catalogue_t *catalogue, int level,
                         uint32_t node, uint32_t *end);

/** Whether all cameras of a node are in the box that is asked for. */
bool cctv_tree_is_inside(const cctv_search_t *search, uint32_t node);

/** Whether cameras with the role of this number may match. */
bool cctv_tree_has_role(const cctv_search_t *search, uint32_t role);

/**
 * List the cameras that match, apart from their text, in any order.
 *
 * @param first   only cameras with this index or a greater one
 * @param budget  the most cameras to look at
 * @return false: that was not enough, or hits->failed
 */
bool cctv_tree_gather(const cctv_search_t *search, int first, int budget,
                      cctv_hits_t *hits);

/** The first slot from `slot` on whose camera is gone; `end`: there is none
 *  before it. */
uint32_t cctv_tree_next_gone(const cctv_catalogue_t *catalogue, uint32_t slot,
                             uint32_t end);

/** Count the cameras that match, apart from their text. */
int cctv_tree_count(const cctv_search_t *search);

/** Whether every browser plays the camera in a slot. */
bool cctv_tree_is_playable(const cctv_catalogue_t *catalogue, uint32_t slot);

/** Whether the camera in a slot (format.h) matches, apart from its text. */
bool cctv_tree_matches(const cctv_search_t *search, uint32_t slot);

/** As cctv_tree_matches(), even if the camera is gone. */
bool cctv_tree_would_match(const cctv_search_t *search, uint32_t slot);

#endif
