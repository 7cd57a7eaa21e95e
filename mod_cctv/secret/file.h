/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file.h
 * @brief Secrets that stand in files of their own.
 * Layer: pure.
 *
 * Such a file is a regular one, belongs to root or to the effective user, and
 * nobody else has any right to it. A symbolic link to one will do.
 */
#ifndef CCTV_SECRET_FILE_H
#define CCTV_SECRET_FILE_H

#include "apr_pools.h"

#include <stdbool.h>

/** The length of a secret, in characters. */
#define CCTV_SECRET_MIN 16
#define CCTV_SECRET_MAX 256

/** The largest file that is read: bytes. */
#define CCTV_SECRET_FILE_MAX 65536

/**
 * Read the one secret in a file: one line of CCTV_SECRET_MIN to
 * CCTV_SECRET_MAX printable ASCII characters without blanks, quotes and
 * backslashes, so that it can stand in the configuration of Janus as it is.
 * White space around it does not belong to it.
 *
 * @param pool   owns what is returned
 * @param error  on failure an English sentence, without a full stop, that
 *               names the path and nothing of the content; else untouched
 * @return NULL on failure
 * Thread-safe.
 */
const char *cctv_secret_read(apr_pool_t *pool, const char *path,
                             const char **error);

/**
 * Read all of a file that is kept as a secret: 1 to CCTV_SECRET_FILE_MAX
 * bytes, none of them NUL. Otherwise as cctv_secret_read().
 */
const char *cctv_secret_read_text(apr_pool_t *pool, const char *path,
                                  const char **error);

/** Whether two texts are the same. How long it takes tells their lengths and
 *  nothing of what is in them. Thread-safe. Allocates nothing. */
bool cctv_secret_is_equal(const char *a, const char *b);

#endif
