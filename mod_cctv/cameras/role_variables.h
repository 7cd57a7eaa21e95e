/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file role_variables.h
 * @brief The variables that an expression of CCTVRoles reads.
 * Layer: pure.
 *
 * httpd accepts an expression that reads a variable which nothing ever sets,
 * and takes it for empty. So a misspelt name takes roles away in silence.
 */
#ifndef CCTV_CAMERAS_ROLE_VARIABLES_H
#define CCTV_CAMERAS_ROLE_VARIABLES_H

#include "apr_pools.h"
#include "apr_tables.h"

#include <stdatomic.h>

typedef struct {
    const char *name;
    atomic_bool is_told; /**< false; for the reader of the list */
} cctv_role_variable_t;

/**
 * Find what an expression reads by %{reqenv:NAME}, %{env:NAME}, %{note:NAME},
 * reqenv('NAME') and so on. Each name is listed once.
 *
 * @return of cctv_role_variable_t *, allocated from pool
 */
apr_array_header_t *cctv_role_variables(apr_pool_t *pool,
                                        const char *expression);

#endif
