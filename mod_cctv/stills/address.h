/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file address.h
 * @brief Internet addresses in one form, and which of them no camera has.
 * Layer: pure.
 */
#ifndef CCTV_STILLS_ADDRESS_H
#define CCTV_STILLS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/** An address of IPv6; one of IPv4 is ::ffff:a.b.c.d. */
typedef struct {
    uint8_t bytes[16];
} cctv_address_t;

/** @return false: it is no address of IPv4 or IPv6 */
bool cctv_address_of(const struct sockaddr *socket, cctv_address_t *out);

/** Parse an address as inet_pton() does, IPv6 without brackets. */
bool cctv_address_parse(const char *text, cctv_address_t *out);

/** Whether the first `bits` bits, 0 to 128, of two addresses are equal. */
bool cctv_address_is_in(const cctv_address_t *address,
                        const cctv_address_t *network, int bits);

/**
 * Whether an address cannot be that of a camera: it is unspecified, loopback,
 * link-local, multicast, broadcast, reserved, for documentation, or one at
 * which clouds tell secrets to their machines. Addresses of private networks
 * are not among them. The same for an address of IPv4 inside one of IPv6, as
 * gateways translate it.
 */
bool cctv_address_is_special(const cctv_address_t *address);

#endif
