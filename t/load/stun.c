/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file stun.c
 * @brief Reads and writes the messages of STUN.
 */
#include "stun.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <arpa/inet.h>
#include <string.h>

#define COOKIE 0x2112a442u
#define HEAD   20

#define USERNAME           0x0006
#define MESSAGE_INTEGRITY  0x0008
#define XOR_MAPPED_ADDRESS 0x0020
#define PRIORITY           0x0024
#define FINGERPRINT        0x8028
#define ICE_CONTROLLED     0x8029

#define DIGEST 20
/* What a FINGERPRINT is XORed with. */
#define FINGERPRINT_MASK 0x5354554eu
/* Of a peer-reflexive candidate. */
#define PRIORITY_PRFLX 0x6e001effu

static void put16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8
           | at[3];
}

bool load_stun_read(const uint8_t *data, size_t length, load_stun_t *out)
{
    if (length < HEAD || get32(data + 4) != COOKIE
        || (size_t)(data[2] << 8 | data[3]) + HEAD != length) {
        return false;
    }
    out->type = (uint16_t)(data[0] << 8 | data[1]);
    memcpy(out->id, data + 8, LOAD_STUN_ID);
    return true;
}

static size_t start(uint8_t *out, uint16_t type, const uint8_t *id)
{
    put16(out, type);
    put16(out + 2, 0);
    put32(out + 4, COOKIE);
    memcpy(out + 8, id, LOAD_STUN_ID);
    return HEAD;
}

/* @return the length of the message with this attribute */
static size_t add(uint8_t *out, size_t length, uint16_t type,
                  const void *value, size_t size)
{
    size_t padded = (size + 3) & ~(size_t)3;

    put16(out + length, type);
    put16(out + length + 2, size);
    memset(out + length + 4, 0, padded);
    memcpy(out + length + 4, value, size);
    length += 4 + padded;
    put16(out + 2, length - HEAD);
    return length;
}

static uint32_t crc32_of(const uint8_t *data, size_t length)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

/* Add what proves that the message is whole. Both attributes are made of a
 * length that includes them. */
static size_t finish(uint8_t *out, size_t length, const char *password)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    uint8_t crc[4];

    put16(out + 2, length + 4 + DIGEST - HEAD);
    HMAC(EVP_sha1(), password, (int)strlen(password), out, length, digest,
         NULL);
    length = add(out, length, MESSAGE_INTEGRITY, digest, DIGEST);
    put16(out + 2, length + 4 + sizeof crc - HEAD);
    put32(crc, crc32_of(out, length) ^ FINGERPRINT_MASK);
    return add(out, length, FINGERPRINT, crc, sizeof crc);
}

size_t load_stun_check(uint8_t *out, const uint8_t *id, const char *user,
                       const char *password)
{
    static const uint8_t tie_breaker[8] = { 1 };
    uint8_t priority[4];
    size_t length = start(out, LOAD_STUN_REQUEST, id);

    put32(priority, PRIORITY_PRFLX);
    length = add(out, length, USERNAME, user, strlen(user));
    length = add(out, length, PRIORITY, priority, sizeof priority);
    length = add(out, length, ICE_CONTROLLED, tie_breaker, sizeof tie_breaker);
    return finish(out, length, password);
}

size_t load_stun_answer(uint8_t *out, const load_stun_t *check,
                        const struct sockaddr_in *from, const char *password)
{
    uint8_t address[8] = { 0, 1 };
    size_t length = start(out, LOAD_STUN_SUCCESS, check->id);

    put16(address + 2, (size_t)(ntohs(from->sin_port) ^ (COOKIE >> 16)));
    put32(address + 4, ntohl(from->sin_addr.s_addr) ^ COOKIE);
    length = add(out, length, XOR_MAPPED_ADDRESS, address, sizeof address);
    return finish(out, length, password);
}
