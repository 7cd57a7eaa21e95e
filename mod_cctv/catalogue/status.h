/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.h
 * @brief The statuses of a catalogue's cameras: words that one writer changes in
 *        place, and that all processes see at once.
 * Layer: pure.
 *
 *     +------------------------+
 *     | cctv_statuses_head_t   |  which catalogue, version, number of changes
 *     | statuses               |  uint64_t of each slot (format.h): the status
 *     |                        |  in bits 0 to 6, CCTV_STATUS_AS_BUILT and, from
 *     |                        |  bit 8 on, since when in seconds
 *     | counts                 |  cctv_status_counts_t of each node
 *     | sums                   |  cctv_row_sums_t of each row
 *     +------------------------+
 *
 * A status and its time are one word, so a reader never sees the time of
 * another status.
 */
#ifndef CCTV_CATALOGUE_STATUS_H
#define CCTV_CATALOGUE_STATUS_H

#include "catalogue/read.h"

/** The size of the file of statuses in bytes. */
size_t cctv_statuses_size(const cctv_catalogue_t *catalogue);

/**
 * Fill a new file of statuses with those that the cameras had when the
 * catalogue was built, and open it.
 *
 * @param memory  of cctv_statuses_size() bytes, aligned to 8
 */
void cctv_statuses_init(cctv_catalogue_t *catalogue, void *memory);

/**
 * Open a file of statuses.
 *
 * @return NULL, or an English phrase that says what is wrong with it
 */
const char *cctv_statuses_open(cctv_catalogue_t *catalogue, void *memory,
                               size_t size);

/**
 * Count the statuses of all nodes anew, and make unknown words
 * CCTV_CAMERA_UNKNOWN. Only before other processes use them.
 */
void cctv_statuses_repair(cctv_catalogue_t *catalogue);

/**
 * Change the status of a camera. Only one thread of one process may change
 * statuses of a catalogue at a time.
 *
 * @return the status before
 */
cctv_camera_state_t cctv_statuses_set(const cctv_catalogue_t *catalogue,
                                      int index, cctv_camera_state_t state);

/**
 * Note that a status will change, and that the listener has to be told. If the
 * process is killed in between, the next one tells it.
 *
 * @param before  its status
 */
void cctv_statuses_will_change(const cctv_catalogue_t *catalogue, int index,
                               cctv_camera_status_t before);

/** Note that it was told. If a process was killed while it changed the status,
 *  the change is ended: the counts and the version then say the new one. */
void cctv_statuses_told(const cctv_catalogue_t *catalogue, int index);

/** @return the index of a camera of which it may not have been told; -1: none */
int cctv_statuses_untold(const cctv_catalogue_t *catalogue,
                         cctv_camera_status_t *before);

/** What an entity tag says of all cameras and statuses. It is never newer than
 *  an answer that is made afterwards. */
uint64_t cctv_statuses_version(const cctv_catalogue_t *catalogue);

/** Take over the statuses that the cameras of a new base have `now`, in the
 *  catalogue that it was made of and in its changes since. */
void cctv_statuses_follow(const cctv_catalogue_t *base,
                          const cctv_catalogue_t *now);

#endif
