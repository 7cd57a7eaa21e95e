/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fold.c
 * @brief Folds text to lower case as the database does, and finds text.
 * Layer: pure.
 */
#include "catalogue/fold.h"

#include "core/utf8.h"

#include <string.h>

void cctv_folds_init(cctv_folds_t *out, const cctv_catalogue_fold_t *folds,
                     uint32_t count)
{
    uint32_t i;

    for (i = 0; i < CCTV_FOLD_TABLE; i++) {
        out->low[i] = i;
    }
    for (i = 0; i < count; i++) {
        if (folds[i].from < CCTV_FOLD_TABLE) {
            out->low[folds[i].from] = folds[i].to;
        }
    }
    out->folds = folds;
    out->count = count;
}

static uint32_t folded(const cctv_folds_t *folds, uint32_t character)
{
    uint32_t low = 0;
    uint32_t high = folds->count;

    if (character < CCTV_FOLD_TABLE) {
        return folds->low[character];
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (folds->folds[middle].from < character) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < folds->count && folds->folds[low].from == character
               ? folds->folds[low].to
               : character;
}

/* @param length  of well-formed UTF-8: 2 to 4 */
static uint32_t decode(const char *text, size_t length)
{
    uint32_t character = (unsigned char)text[0] & (0x7FU >> length);
    size_t i;

    for (i = 1; i < length; i++) {
        character = character << 6 | ((unsigned char)text[i] & 0x3FU);
    }
    return character;
}

static char *encode(uint32_t character, char *out)
{
    int rest = character < 0x80      ? 0
               : character < 0x800   ? 1
               : character < 0x10000 ? 2
                                     : 3;
    static const unsigned char first[] = { 0, 0xC0, 0xE0, 0xF0 };

    *out++ = (char)(first[rest] | character >> (6 * rest));
    while (rest-- > 0) {
        *out++ = (char)(0x80 | (character >> (6 * rest) & 0x3F));
    }
    return out;
}

char *cctv_folds_put(const cctv_folds_t *folds, const char *text,
                     size_t length, char *out)
{
    while (length > 0) {
        size_t n = cctv_utf8_length(text, length);

        if (n == 1) {
            out = encode(folds->low[(unsigned char)*text], out);
        }
        else if (n == 0) {
            n = 1;
            *out++ = *text;
        }
        else {
            out = encode(folded(folds, decode(text, n)), out);
        }
        text += n;
        length -= n;
    }
    return out;
}

const char *cctv_text_find(const char *hay, size_t hay_length,
                           const char *needle, size_t needle_length)
{
    return memmem(hay, hay_length, needle, needle_length);
}
