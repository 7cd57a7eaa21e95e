/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dtls.h
 * @brief The DTLS server of a viewer (the answer says setup:passive), which
 *        proves that the media come from the Janus of the offer.
 */
#ifndef LOAD_DTLS_H
#define LOAD_DTLS_H

#include "clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct load_dtls load_dtls_t;

/** Send a datagram to the peer. */
typedef void (*load_dtls_send_t)(void *context, const void *data,
                                 size_t length);

/** Make the certificate of all viewers. Once, before all else. */
void load_dtls_start(void);

/** @return the fingerprint of the certificate, as SDP has it */
const char *load_dtls_fingerprint(void);

/** @param peer  the SHA-256 fingerprint that the peer has to have */
load_dtls_t *load_dtls_make(const uint8_t *peer, load_dtls_send_t send,
                            void *context);

typedef enum {
    LOAD_DTLS_SHAKES,
    LOAD_DTLS_READY,
    LOAD_DTLS_CLOSED /* by the peer */
} load_dtls_state_t;

/** Read a datagram of the peer; one of no bytes only looks at the time.
 * @return CLOSED also if the peer is another one */
load_dtls_state_t load_dtls_read(load_dtls_t *dtls, const uint8_t *data,
                                 size_t length);

/** Tell the peer that this is the end, and free it. NULL is allowed. */
void load_dtls_close(load_dtls_t *dtls);

#endif
