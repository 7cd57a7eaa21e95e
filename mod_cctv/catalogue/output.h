/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output.h
 * @brief Writes a file in large pieces, with a checksum.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_OUTPUT_H
#define CCTV_CATALOGUE_OUTPUT_H

#include "json/writer.h"

#include "apr_errno.h"

#include <stddef.h>
#include <stdint.h>
#include <xxhash.h>

/** After a failure, all further calls do nothing. */
typedef struct {
    int fd;
    apr_status_t failed; /**< the first error */
    uint64_t at;         /**< the size of the file with all that is pending */
    cctv_json_t pending; /**< bytes that are appended next */
    XXH3_state_t *sum;   /**< of everything written; NULL: not needed */
} cctv_output_file_t;

/** @param at  where the first byte goes */
void cctv_output_file_begin(cctv_output_file_t *out, int fd, uint64_t at,
                            bool has_sum);

/** Note an error. */
void cctv_output_file_fail(cctv_output_file_t *out, apr_status_t why);

/**
 * Make room for some bytes of `pending`, which the caller then writes and
 * notes with cctv_output_file_wrote(). @return NULL: it has failed
 */
char *cctv_output_file_room(cctv_output_file_t *out, size_t size);
void cctv_output_file_wrote(cctv_output_file_t *out, size_t size);

/** Append bytes. */
void cctv_output_file_add(cctv_output_file_t *out, const void *data,
                          size_t size);

/** Append zeros up to a multiple of at most 64. */
void cctv_output_file_pad(cctv_output_file_t *out, size_t multiple);

/** Write what is pending. */
void cctv_output_file_flush(cctv_output_file_t *out);

/** Write bytes to the start of the file, without the checksum. */
void cctv_output_file_start(cctv_output_file_t *out, const void *data,
                            size_t size);

void cctv_output_file_end(cctv_output_file_t *out);

#endif
