/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_merge.h
 * @brief Makes a new base of a base and its file of changes: a background task.
 * Layer: httpd.
 *
 * That takes seconds if there are a million cameras, so it has a thread of its
 * own. Meanwhile the refresher goes on to apply changes to the old base:
 *
 *     refresher:  cctv_merge_start() ─ changes ─ changes ─ cctv_merge_take()
 *     this task:                    └── new base ────────┘
 *
 * All functions but cctv_merge_step() and cctv_merge_stop() are for the thread
 * of the refresher.
 */
#ifndef CCTV_CATALOGUE_MOD_MERGE_H
#define CCTV_CATALOGUE_MOD_MERGE_H

#include "catalogue/files.h"
#include "catalogue/mod_places.h"
#include "core/clock.h"

/** A new base. */
typedef struct {
    apr_status_t rv;  /**< whether it could be made */
    const char *why;  /**< if not: an English phrase */
    uint64_t number;  /**< of its file */
    uint64_t of;      /**< the number of the base that it replaces */
    uint64_t checked; /**< as cctv_files_publish() */
    int64_t cost;     /**< the processor time that it took: µs */
} cctv_merge_t;

/** Start to make a new base of the current generation. @param number  of its
 *  file */
void cctv_merge_start(const cctv_catalogue_place_t *place, uint64_t number);

/** Whether a base of this catalogue is being made, or waits to be taken. */
bool cctv_merge_is_running(const cctv_catalogue_place_t *place);

/** @return whether a base was finished; then *out is written, once */
bool cctv_merge_take(const cctv_catalogue_place_t *place, cctv_merge_t *out);

/** A step of the task (core/mod_part.h). */
void cctv_merge_step(cctv_time_t now, apr_pool_t *pool);
void cctv_merge_stop(void);

#endif
