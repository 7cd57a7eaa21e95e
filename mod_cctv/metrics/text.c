/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file text.c
 * @brief Text of any length through one small buffer: for speed, and for
 *        memory that stays as it is.
 * Layer: pure.
 */
#include "metrics/text.h"

#define TEN(tens)                                                             \
    tens "0" tens "1" tens "2" tens "3" tens "4" tens "5" tens "6" tens       \
         "7" tens "8" tens "9"

/* Without the NUL of the literal. */
const char cctv_text_pairs[200] = TEN("0") TEN("1") TEN("2") TEN("3") TEN("4")
    TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

/* 0 has a digit, too. */
const uint64_t cctv_text_powers_of_10[20] = {
    0,
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

void cctv_text_init(cctv_text_t *text, char *data, size_t size,
                    cctv_text_flush_t *flush, void *context)
{
    *text = (cctv_text_t){
        .data = data, .size = size, .flush = flush, .context = context
    };
}

bool cctv_text_flush(cctv_text_t *text)
{
    if (!text->is_stopped
        && !text->flush(text->context, text->data, text->len)) {
        text->is_stopped = true;
        /* No room for anything, so that nothing else has to ask. */
        text->size = 0;
    }
    text->len = 0;
    return !text->is_stopped;
}

void cctv_text_add(cctv_text_t *text, const char *string)
{
    size_t len = strlen(string);

    while (len > 0) {
        size_t room = text->size - text->len;
        size_t part = len < room ? len : room;

        memcpy(text->data + text->len, string, part);
        text->len += part;
        string += part;
        len -= part;
        if (len > 0 && !cctv_text_flush(text)) {
            return;
        }
    }
}

void cctv_text_add_number(cctv_text_t *text, uint64_t number)
{
    char *at = cctv_text_line(text);

    if (at != NULL) {
        cctv_text_end(text, cctv_text_put_number(at, number));
    }
}

void cctv_text_add_seconds(cctv_text_t *text, uint64_t duration)
{
    char *at = cctv_text_line(text);

    if (at != NULL) {
        cctv_text_end(text, cctv_text_put_seconds(at, duration));
    }
}
