/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file build.h
 * @brief Makes the file of a catalogue from cameras in the order of their ids.
 * Layer: pure.
 *
 * Until the end, features are kept in a file in memory (memfd), and about 60
 * bytes a camera in the memory of the process, three times that for a moment.
 */
#ifndef CCTV_CATALOGUE_BUILD_H
#define CCTV_CATALOGUE_BUILD_H

#include "cameras/camera.h"
#include "catalogue/read.h"

#include "apr_errno.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cctv_build_t cctv_build_t;

/** What the head of the file says besides its cameras. */
typedef struct {
    uint64_t database;
    int64_t built;        /**< µs since 1970 */
    const char *position; /**< in the journal; "": there is none */
    /** For a file of changes: its base, the number of the base, and the bits
     *  `gone` of format.h. NULL: the file is a base. */
    const cctv_catalogue_t *base;
    uint64_t base_number;
    const uint64_t *gone;
} cctv_build_about_t;

/**
 * Start to build.
 *
 * @param fd  an empty file, open for writing; the caller closes it
 * @return NULL: there is no memory
 */
cctv_build_t *cctv_build_begin(int fd);

/**
 * Add a camera with a greater id than the last one. After a failure, further
 * calls do nothing.
 */
void cctv_build_add(cctv_build_t *build, const cctv_camera_t *camera);

/** Add a camera of another catalogue as it is, with its status of now.
 *  @param index  of a camera that is there */
void cctv_build_copy(cctv_build_t *build, const cctv_catalogue_t *from,
                     int index);

/**
 * Write the rest of the file, and free the builder.
 *
 * @return APR_SUCCESS; APR_EINVAL: a camera cannot be in a catalogue, because
 *         its id is not greater than the last one, its position is not on the
 *         globe or its Feature is too long; otherwise the error of the system,
 *         such as ENOSPC or ENOMEM
 */
apr_status_t cctv_build_end(cctv_build_t *build,
                            const cctv_build_about_t *about);

/** Free the builder without a result. */
void cctv_build_abandon(cctv_build_t *build);

#endif
