/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file buffers.h
 * @brief Memory for large answers: what was used last is used first.
 * Layer: pure.
 *
 * httpd's threads take turns, and malloc() has memory of its own for each of
 * them. So nearly every large answer would be written to memory that the
 * processor's cache has forgotten.
 */
#ifndef CCTV_JSON_BUFFERS_H
#define CCTV_JSON_BUFFERS_H

#include <stddef.h>

/** How many are kept. */
#define CCTV_BUFFERS_KEPT 4

/** The smallest and the largest that is kept: bytes. */
#define CCTV_BUFFERS_MIN ((size_t)1 << 14)
#define CCTV_BUFFERS_MAX ((size_t)1 << 20)

/**
 * @param size  bytes, at least so many
 * @return what realloc() and free() take as well; NULL: there is no memory
 * Thread-safe.
 */
void *cctv_buffers_take(size_t size);

/** Keep a buffer of cctv_buffers_take() or malloc() for later, or free it.
 *  Thread-safe. */
void cctv_buffers_give(void *buffer);

/** Free all that are kept, for tests. */
void cctv_buffers_clear(void);

#endif
