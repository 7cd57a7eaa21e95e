/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event.c
 * @brief An event: what one line of an event log tells.
 * Layer: pure.
 */
#include "events/event.h"

#include <string.h>

void cctv_event_set(char *out, size_t size, const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);

    memset(out, 0, size);
    if (len >= size) {
        len = size - 1;
        /* Do not cut a character of UTF-8 into two. */
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) {
            len--;
        }
    }
    if (len > 0) {
        memcpy(out, text, len);
    }
}
