/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file files.h
 * @brief The files in the folder of a catalogue.
 * Layer: pure.
 *
 *     cameras-<number>    a generation: a base, or changes of a base, whose
 *                         number is in it; never changes
 *     status-<number>     its statuses; change in place
 *     new-<thread>, newstatus-<thread>    are being written
 *
 * A file that has its name is complete: it gets the name by rename(). No file is
 * ever truncated, because processes that have mapped it would be killed.
 */
#ifndef CCTV_CATALOGUE_FILES_H
#define CCTV_CATALOGUE_FILES_H

#include "catalogue/read.h"

#include "apr_errno.h"

#include <stdbool.h>
#include <stdint.h>

/** A file and its statuses in the memory of this process. */
typedef struct {
    cctv_catalogue_t catalogue;
    void *cameras;
    size_t cameras_size;
    void *statuses;
    size_t statuses_size;
} cctv_mapped_t;

/**
 * Make the folder if it does not exist, and check it.
 *
 * @return NULL, or an English phrase that says what is wrong with it
 */
const char *cctv_files_check_folder(const char *folder);

/** The greatest number of a generation in the folder; 0: there is none. */
uint64_t cctv_files_newest(const char *folder);

/** Remove the files that processes that were killed have been writing. Nobody may
 *  write meanwhile. */
void cctv_files_clean(const char *folder);

/** Make an empty file. The same thread has to publish or discard it.
 *  @return its descriptor; -1: see errno */
int cctv_files_create(const char *folder);

/** Remove the file that cctv_files_create() has made, and close it. */
void cctv_files_discard(const char *folder, int fd);

/**
 * Check the file of cctv_files_create(), give it its name, with a file of
 * statuses beside it, and close it. It never replaces another file.
 *
 * @param checked  written on success: as cctv_files_map()
 * @param why  written on failure: an English phrase
 */
apr_status_t cctv_files_publish(const char *folder, int fd, uint64_t number,
                                uint64_t *checked, const char **why);

/**
 * Map a file with its statuses and check it completely.
 *
 * @param database  that the cameras have to come from (format.h)
 * @param checked   a hash of the file's inode, size and times when it was last
 *                  checked completely: if they are the same, it is not checked
 *                  again. Written on success
 * @param out  written on success; end it with cctv_files_unmap()
 * @param why  written on failure: an English phrase
 * @return APR_SUCCESS; APR_ENOENT: there is no such file (any more);
 *         APR_EGENERAL: the file cannot be used; otherwise the error of the
 *         system
 */
apr_status_t cctv_files_map(const char *folder, uint64_t number,
                            uint64_t database, uint64_t *checked,
                            cctv_mapped_t *out, const char **why);

void cctv_files_unmap(cctv_mapped_t *mapped);

/**
 * Check a generation, and make its statuses sound, or anew from the file of
 * cameras. Only before other processes use them.
 *
 * @param base  written on success: the number of its base
 * @return as cctv_files_map()
 */
apr_status_t cctv_files_repair(const char *folder, uint64_t number,
                               uint64_t database, uint64_t *base,
                               const char **why);

/** Remove all files with smaller numbers but these two. */
void cctv_files_remove_before(const char *folder, uint64_t number,
                              const uint64_t kept[2]);

#endif
