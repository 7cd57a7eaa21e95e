/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied.h
 * @brief The cameras that the Janus sessions of browsers (proxy transport) may
 *        watch, in shared memory.
 * Layer: pure.
 *
 * Janus verifies tokens, but a token cannot be limited to one mountpoint.
 * Janus's events tell which token a Janus session has used, and later which
 * mountpoint it watches. This table makes it possible to compare the two.
 *
 * The table has a fixed size. A full cache line overwrites an entry, so if
 * there are more than some thousand Janus sessions at once, a few of them are
 * not checked. An entry is one 64-bit word: 32 bits of the hash of the Janus
 * session, and the camera. All functions are thread-safe, safe between
 * processes, and never block.
 */
#ifndef CCTV_VIDEO_PROXIED_H
#define CCTV_VIDEO_PROXIED_H

#include <stdatomic.h>
#include <stdint.h>

#define CCTV_PROXIED_SIZE 32768

/** New memory has to be all zero. */
typedef struct {
    _Alignas(64) _Atomic uint64_t entries[CCTV_PROXIED_SIZE];
} cctv_proxied_t;

/** Note that a Janus session uses the token of a view of this camera. */
void cctv_proxied_put(cctv_proxied_t *proxied, uint64_t janus, int32_t camera);

/** @return the camera that a Janus session may watch; 0: not known */
int32_t cctv_proxied_get(const cctv_proxied_t *proxied, uint64_t janus);

/** Forget a Janus session. */
void cctv_proxied_remove(cctv_proxied_t *proxied, uint64_t janus);

#endif
