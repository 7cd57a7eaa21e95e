/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file array.h
 * @brief Writes arrays as PostgreSQL reads them from a parameter.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_ARRAY_H
#define CCTV_DATABASE_ARRAY_H

#include "apr_pools.h"
#include "apr_tables.h"

/**
 * Write {"a","b"}, for a parameter of type text[].
 *
 * @param texts  const char * each, with any characters
 */
const char *cctv_array_of_texts(apr_pool_t *pool,
                                const apr_array_header_t *texts);

/** Write {1,2}, for a parameter of type int4[]. */
const char *cctv_array_of_ints(apr_pool_t *pool, const int *numbers,
                               int count);

#endif
