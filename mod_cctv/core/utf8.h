/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file utf8.h
 * @brief Checks that text is well-formed UTF-8 (RFC 3629).
 * Layer: pure.
 */
#ifndef CCTV_CORE_UTF8_H
#define CCTV_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The length in bytes of the well-formed character at the start of text; 0 if
 * the character is truncated, overlong, a surrogate or above U+10FFFF.
 *
 * @param len  bytes that may be read, 1 or more
 * Thread-safe. Allocates nothing.
 */
static inline size_t cctv_utf8_length(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;

    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] < 0xC2 || p[0] > 0xF4) {
        return 0;
    }
    if (len < 2 || (p[1] & 0xC0) != 0x80) {
        return 0;
    }
    if (p[0] < 0xE0) {
        return 2;
    }
    if (len < 3 || (p[2] & 0xC0) != 0x80) {
        return 0;
    }
    if (p[0] < 0xF0) {
        return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F)
                   ? 0
                   : 3;
    }
    if (len < 4 || (p[3] & 0xC0) != 0x80) {
        return 0;
    }
    return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0
                                                                          : 4;
}

/**
 * Whether the whole text is well-formed UTF-8. Thread-safe. Allocates nothing.
 */
static inline bool cctv_utf8_is_valid(const char *text, size_t len)
{
    while (len > 0) {
        size_t n = cctv_utf8_length(text, len);

        if (n == 0) {
            return false;
        }
        text += n;
        len -= n;
    }
    return true;
}

#endif
