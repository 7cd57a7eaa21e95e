/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file stun.h
 * @brief The messages of STUN (RFC 8489) that ICE (RFC 8445) needs for a client
 *        with one IPv4 socket, which is the controlled side.
 *
 * libnice is not used, because it polls all sockets of a thread for each packet
 * that one of them receives.
 */
#ifndef LOAD_STUN_H
#define LOAD_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>

#define LOAD_STUN_ID 12
/** The size of the greatest message that is written. */
#define LOAD_STUN_MAX 640

typedef enum {
    LOAD_STUN_REQUEST = 0x0001,
    LOAD_STUN_SUCCESS = 0x0101
} load_stun_kind_t;

typedef struct {
    uint16_t type; /* load_stun_kind_t, or another one */
    uint8_t id[LOAD_STUN_ID];
} load_stun_t;

/** @return false: these bytes are no STUN message */
bool load_stun_read(const uint8_t *data, size_t length, load_stun_t *out);

/**
 * Write a check of connectivity.
 * @param user      "ufrag of the peer:own ufrag", up to 513 bytes
 * @param password  the peer's
 * @return its length, at most LOAD_STUN_MAX
 */
size_t load_stun_check(uint8_t *out, const uint8_t *id, const char *user,
                       const char *password);

/**
 * Write the answer to a check.
 * @param from      where the check came from
 * @param password  the own one
 * @return its length
 */
size_t load_stun_answer(uint8_t *out, const load_stun_t *check,
                        const struct sockaddr_in *from, const char *password);

#endif
