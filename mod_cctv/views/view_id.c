/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_id.c
 * @brief View ids as text.
 * Layer: pure.
 */
#include "views/view_id.h"

static void put_hex(char **to, uint64_t value, int digits)
{
    while (digits-- > 0) {
        *(*to)++ = "0123456789abcdef"[value >> (4 * digits) & 15];
    }
}

void cctv_view_id(const cctv_view_t *view, char *text)
{
    put_hex(&text, view->home, 8);
    put_hex(&text, view->secret[0], 16);
    put_hex(&text, view->secret[1], 16);
    *text = '\0';
}

static bool get_hex(const char **from, int digits, uint64_t *value)
{
    *value = 0;
    while (digits-- > 0) {
        char c = *(*from)++;

        if (c >= '0' && c <= '9') {
            *value = *value << 4 | (uint64_t)(c - '0');
        }
        else if (c >= 'a' && c <= 'f') {
            *value = *value << 4 | (uint64_t)(c - 'a' + 10);
        }
        else {
            return false;
        }
    }
    return true;
}

bool cctv_view_id_parse(const char *text, cctv_view_id_t *id)
{
    uint64_t home;

    if (!get_hex(&text, 8, &home) || !get_hex(&text, 16, &id->secret[0])
        || !get_hex(&text, 16, &id->secret[1])) {
        return false;
    }
    id->home = (uint32_t)home;
    return *text == '\0';
}

cctv_public_id_t cctv_view_public_id(const cctv_segment_t *segment,
                                     const cctv_view_t *view)
{
    uint64_t parts[3] = { view->secret[0], view->secret[1], 1 };
    cctv_public_id_t id = { .high = cctv_segment_keyed_hash(segment, parts,
                                                            sizeof parts) };

    parts[2] = 2;
    id.low = (uint32_t)cctv_segment_keyed_hash(segment, parts, sizeof parts);
    return id;
}

void cctv_public_id_text(cctv_public_id_t id, char *text)
{
    put_hex(&text, id.high, 16);
    put_hex(&text, id.low, 8);
    *text = '\0';
}
