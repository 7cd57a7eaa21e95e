/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file query.h
 * @brief A query string as the values of a closed list of parameters.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_QUERY_H
#define CCTV_HTTP_QUERY_H

#include "apr_pools.h"

#include <stddef.h>

/**
 * Decode "a=1&b=%32". '+' is a blank. Names and values are percent-decoded
 * and have to be UTF-8 without NUL. Empty pieces ("a=1&&b=2") are skipped.
 *
 * @param pool    the values and the text of why live there
 * @param args    the query string without its '?'; NULL means none
 * @param names   the parameters that are known
 * @param count   how many they are
 * @param values  count entries, in the order of names: the value, or NULL
 *                where the parameter is not given
 * @param why     on failure, an English sentence for the client
 * @return APR_SUCCESS; or APR_EINVAL for an unknown or repeated parameter or
 *         text that does not decode
 * Thread-safe.
 */
apr_status_t cctv_query_parse(apr_pool_t *pool, const char *args,
                              const char *const *names, size_t count,
                              const char **values, const char **why);

#endif
