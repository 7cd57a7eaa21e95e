/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file.h
 * @brief Reads secrets from files.
 * Layer: pure.
 *
 * A secret file has to be a regular file that belongs to root or to the
 * effective user and that no other user may access. The path may be a symbolic
 * link to such a file.
 */
#ifndef CCTV_SECRET_FILE_H
#define CCTV_SECRET_FILE_H

#include "apr_pools.h"

#include <stdbool.h>

/** The shortest and longest secret, in characters. */
#define CCTV_SECRET_MIN 16
#define CCTV_SECRET_MAX 256

/** The largest file that is read, in bytes: 100,000 cameras with a login each
 *  fit into it. */
#define CCTV_SECRET_FILE_MAX 16777216

/**
 * Read a file that contains one secret: one line of CCTV_SECRET_MIN to
 * CCTV_SECRET_MAX printable ASCII characters without blanks, quotes and
 * backslashes. Such a secret can be used in the configuration of Janus
 * unchanged. White space around the secret is ignored.
 *
 * @param pool   owns the returned text
 * @param error  on failure an English sentence, without a full stop, that
 *               names the path but nothing of the content; otherwise unchanged
 * @return NULL on failure
 * Thread-safe.
 */
const char *cctv_secret_read(apr_pool_t *pool, const char *path,
                             const char **error);

/**
 * As cctv_secret_read(), but return the whole content of the file: 1 to
 * CCTV_SECRET_FILE_MAX bytes without NUL.
 */
const char *cctv_secret_read_text(apr_pool_t *pool, const char *path,
                                  const char **error);

/**
 * Whether two texts are equal. The time that it takes depends on their lengths
 * only, not on their content. Thread-safe. Allocates nothing.
 */
bool cctv_secret_is_equal(const char *a, const char *b);

#endif
