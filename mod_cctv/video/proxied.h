/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied.h
 * @brief Which camera each Janus session may watch that a browser made itself
 *        (proxy transport), in memory that processes share.
 * Layer: pure.
 *
 * Janus verifies a token, but no token can be limited to one mountpoint. Its
 * events tell which token a Janus session has shown, and later which
 * mountpoint it watches; the two are compared here.
 *
 * The table has a fixed size and forgets: of more than some thousand sessions
 * at once a few are not checked. An entry is one 64-bit word, 32 bits of the
 * session's hash and the camera. All functions are thread-safe, safe between
 * processes, and never block.
 */
#ifndef CCTV_VIDEO_PROXIED_H
#define CCTV_VIDEO_PROXIED_H

#include <stdatomic.h>
#include <stdint.h>

#define CCTV_PROXIED_SIZE 32768

/** All zero where it is new. */
typedef struct {
    _Alignas(64) _Atomic uint64_t entries[CCTV_PROXIED_SIZE];
} cctv_proxied_t;

/** Note that a Janus session has the token of a view of this camera. */
void cctv_proxied_put(cctv_proxied_t *proxied, uint64_t janus, int32_t camera);

/** The camera that a Janus session may watch; 0: not known. */
int32_t cctv_proxied_get(const cctv_proxied_t *proxied, uint64_t janus);

/** Forget a Janus session. */
void cctv_proxied_remove(cctv_proxied_t *proxied, uint64_t janus);

#endif
