/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file query.h
 * @brief Parses a query string with a fixed list of parameters.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_QUERY_H
#define CCTV_HTTP_QUERY_H

#include "apr_pools.h"

#include <stddef.h>

/**
 * Parse "a=1&b=%32". '+' is a blank. Names and values are percent-decoded and
 * have to be UTF-8 without NUL. Empty pieces ("a=1&&b=2") are skipped.
 *
 * @param pool    owns the values and the text of why
 * @param args    the query string without its '?'; NULL: there is none
 * @param names   the names of the known parameters
 * @param count   the number of names
 * @param values  count entries, in the order of names: the value, or NULL if
 *                the parameter is not given
 * @param why     written on failure: an English sentence for the client
 * @return APR_SUCCESS; APR_EINVAL for an unknown or repeated parameter or for
 *         text that cannot be decoded
 * Thread-safe.
 */
apr_status_t cctv_query_parse(apr_pool_t *pool, const char *args,
                              const char *const *names, size_t count,
                              const char **values, const char **why);

/**
 * Take one parameter out of a query string.
 *
 * @param value  written: the decoded value, of several the last one; NULL:
 *               there is none, or it cannot be decoded
 * @return the rest, allocated from pool; "" if there is none. A piece that
 *         cannot be decoded stays in it.
 * Thread-safe.
 */
const char *cctv_query_take(apr_pool_t *pool, const char *args,
                            const char *name, const char **value);

#endif
