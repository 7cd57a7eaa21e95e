/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file address.c
 * @brief Internet addresses in one form, and which of them no camera has.
 * Layer: pure.
 */
#include "stills/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* The bits of ::ffff:0.0.0.0/96. */
#define MAPPED_BITS 96

typedef struct {
    const char *network;
    int bits;
} range_t;

/* The special-purpose registries of IANA, without networks of private use and
 * without 100.64.0.0/10; and the addresses of clouds that are not link-local.
 * Addresses of IPv4 stand as such. */
static const range_t special[] = {
    { "0.0.0.0", 8 },          /* this network */
    { "100.100.100.200", 32 }, /* metadata */
    { "127.0.0.0", 8 },        /* loopback */
    { "168.63.129.16", 32 },   /* metadata */
    { "169.254.0.0", 16 },     /* link-local, metadata */
    { "192.0.0.0", 24 },       /* protocol assignments, metadata */
    { "192.0.2.0", 24 },       /* documentation */
    { "192.88.99.0", 24 },     /* relays of 6to4 */
    { "198.18.0.0", 15 },      /* benchmarks */
    { "198.51.100.0", 24 },    /* documentation */
    { "203.0.113.0", 24 },     /* documentation */
    { "224.0.0.0", 4 },        /* multicast */
    { "240.0.0.0", 4 },        /* reserved, broadcast */
    { "::", 128 },             /* unspecified */
    { "::1", 128 },            /* loopback */
    { "64:ff9b:1::", 48 },     /* translation inside a network */
    { "100::", 64 },           /* discard */
    { "2001::", 23 },          /* protocol assignments, Teredo */
    { "2001:db8::", 32 },      /* documentation */
    { "3fff::", 20 },          /* documentation */
    { "5f00::", 16 },          /* segment routing */
    { "fd00:42::42", 128 },    /* metadata */
    { "fd00:a9fe::", 32 },     /* metadata */
    { "fd00:ec2::", 32 },      /* metadata, credentials of containers */
    { "fd20:ce::254", 128 },   /* metadata */
    { "fe80::", 10 },          /* link-local */
    { "fec0::", 10 },          /* site-local */
    { "ff00::", 8 },           /* multicast */
};

/* Networks of IPv6 that contain addresses of IPv4, and the byte at which these
 * start. */
static const struct {
    range_t range;
    int at;
} wrapped[] = {
    { { "::", 96 }, 12 },           /* compatible */
    { { "::ffff:0:0:0", 96 }, 12 }, /* translated */
    { { "64:ff9b::", 96 }, 12 },    /* NAT64 */
    { { "2002::", 16 }, 2 },        /* 6to4 */
};

static cctv_address_t mapped(const void *ipv4)
{
    cctv_address_t address = { { [10] = 0xff, [11] = 0xff } };

    memcpy(address.bytes + 12, ipv4, 4);
    return address;
}

bool cctv_address_of(const struct sockaddr *socket, cctv_address_t *out)
{
    if (socket->sa_family == AF_INET) {
        struct sockaddr_in ipv4;

        memcpy(&ipv4, socket, sizeof ipv4);
        *out = mapped(&ipv4.sin_addr);
        return true;
    }
    if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;

        memcpy(&ipv6, socket, sizeof ipv6);
        memcpy(out->bytes, &ipv6.sin6_addr, sizeof out->bytes);
        return true;
    }
    return false;
}

bool cctv_address_parse(const char *text, cctv_address_t *out)
{
    struct in_addr ipv4;

    if (inet_pton(AF_INET, text, &ipv4) == 1) {
        *out = mapped(&ipv4);
        return true;
    }
    return inet_pton(AF_INET6, text, out->bytes) == 1;
}

bool cctv_address_is_in(const cctv_address_t *address,
                        const cctv_address_t *network, int bits)
{
    int rest = bits % 8;
    size_t whole = (size_t)bits / 8;

    return memcmp(address->bytes, network->bytes, whole) == 0
           && (rest == 0
               || (address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest)
                      == 0);
}

static bool is_in_range(const cctv_address_t *address, const range_t *range)
{
    bool is_ipv4 = strchr(range->network, ':') == NULL;
    cctv_address_t network;

    return cctv_address_parse(range->network, &network)
           && cctv_address_is_in(address, &network,
                                 range->bits + (is_ipv4 ? MAPPED_BITS : 0));
}

static bool is_listed(const cctv_address_t *address)
{
    size_t i;

    for (i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (is_in_range(address, &special[i])) {
            return true;
        }
    }
    return false;
}

bool cctv_address_is_special(const cctv_address_t *address)
{
    size_t i;

    for (i = 0; i < sizeof wrapped / sizeof wrapped[0]; i++) {
        if (is_in_range(address, &wrapped[i].range)) {
            cctv_address_t inner = mapped(address->bytes + wrapped[i].at);

            if (is_listed(&inner)) {
                return true;
            }
        }
    }
    return is_listed(address);
}
