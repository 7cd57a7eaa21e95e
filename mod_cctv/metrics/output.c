/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output.c
 * @brief Writes text of any length through one small buffer, fast and without
 *        allocating memory.
 * Layer: pure.
 */
#include "metrics/output.h"

#define TEN(tens)                                                             \
    tens "0" tens "1" tens "2" tens "3" tens "4" tens "5" tens "6" tens       \
         "7" tens "8" tens "9"

/* The array has no room for the NUL of the literal. */
const char cctv_output_pairs[200] = TEN("0") TEN("1") TEN("2") TEN("3")
    TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

/* The first element is 0 instead of 1, since the number 0 has one digit,
 * too. */
const uint64_t cctv_output_powers_of_10[20] = {
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

void cctv_output_init(cctv_output_t *text, char *data, size_t size,
                      cctv_output_flush_t *flush, void *context)
{
    *text = (cctv_output_t){
        .data = data, .size = size, .flush = flush, .context = context
    };
}

bool cctv_output_flush(cctv_output_t *text)
{
    if (!text->is_stopped
        && !text->flush(text->context, text->data, text->len)) {
        text->is_stopped = true;
        /* With size 0 every further call ends up here, so only this function
         * has to check is_stopped. */
        text->size = 0;
    }
    text->len = 0;
    return !text->is_stopped;
}

void cctv_output_add(cctv_output_t *text, const char *string)
{
    size_t len = strlen(string);

    while (len > 0) {
        size_t room = text->size - text->len;
        size_t part = len < room ? len : room;

        memcpy(text->data + text->len, string, part);
        text->len += part;
        string += part;
        len -= part;
        if (len > 0 && !cctv_output_flush(text)) {
            return;
        }
    }
}

void cctv_output_add_number(cctv_output_t *text, uint64_t number)
{
    char *at = cctv_output_line(text);

    if (at != NULL) {
        cctv_output_end(text, cctv_output_put_number(at, number));
    }
}

void cctv_output_add_seconds(cctv_output_t *text, uint64_t duration)
{
    char *at = cctv_output_line(text);

    if (at != NULL) {
        cctv_output_end(text, cctv_output_put_seconds(at, duration));
    }
}
