/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file find.c
 * @brief Finds text in large pieces of memory.
 * Layer: pure.
 *
 * Sixteen places at a time are compared by two bytes of the text, and what
 * remains is compared as a whole. Without SSE2 the same is done byte by byte.
 */
#include "catalogue/find.h"

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STEP 16

/* What is looked for. Byte `offset` of a place is `far`, and byte `near_at` is
 * `near`, or one of both if `or_blank`. */
typedef struct {
    const char *text;
    size_t length;
    ptrdiff_t far_at;
    char far;
    /* The byte before the text has to be NUL, or a blank. */
    bool at_start;
    bool or_blank;
} wanted_t;

static bool is_here(const wanted_t *wanted, const char *at)
{
    return (!wanted->at_start || at[-1] == '\0'
            || (wanted->or_blank && at[-1] == ' '))
           && memcmp(at, wanted->text, wanted->length) == 0;
}

#ifdef __SSE2__
static __m128i load(const char *at)
{
    return _mm_loadu_si128((const void *)at);
}

/* A bit for each of 16 places that may have the text. */
static unsigned candidates(const wanted_t *wanted, const char *at)
{
    __m128i found = _mm_cmpeq_epi8(load(at), _mm_set1_epi8(wanted->text[0]));

    found = _mm_and_si128(found, _mm_cmpeq_epi8(load(at + wanted->far_at),
                                                _mm_set1_epi8(wanted->far)));
    if (wanted->at_start) {
        __m128i before = load(at - 1);
        __m128i parted = _mm_cmpeq_epi8(before, _mm_setzero_si128());

        if (wanted->or_blank) {
            parted = _mm_or_si128(parted,
                                  _mm_cmpeq_epi8(before, _mm_set1_epi8(' ')));
        }
        found = _mm_and_si128(found, parted);
    }
    return (unsigned)_mm_movemask_epi8(found);
}
#endif

/* @param at, end  the places where the text may start; behind `end` there are
 *                 length - 1 more bytes */
static const char *search(const wanted_t *wanted, const char *at,
                          const char *end)
{
#ifdef __SSE2__
    for (; end - at >= STEP; at += STEP) {
        unsigned bits = candidates(wanted, at);

        for (; bits != 0; bits &= bits - 1) {
            const char *place = at + __builtin_ctz(bits);

            if (is_here(wanted, place)) {
                return place;
            }
        }
    }
#endif
    for (; at < end; at++) {
        if (*at == wanted->text[0] && is_here(wanted, at)) {
            return at;
        }
    }
    return NULL;
}

static wanted_t wanted_of(const char *text, size_t length)
{
    return (wanted_t){ .text = text,
                       .length = length,
                       .far_at = (ptrdiff_t)length - 1,
                       .far = text[length - 1] };
}

const char *cctv_find(const char *hay, size_t size, const char *text,
                      size_t length)
{
    wanted_t wanted = wanted_of(text, length);

    return size < length ? NULL
                         : search(&wanted, hay, hay + (size - length + 1));
}

const char *cctv_find_start(const char *hay, size_t size, const char *text,
                            size_t length, bool of_words)
{
    wanted_t wanted = wanted_of(text, length);

    if (size < length) {
        return NULL;
    }
    if (memcmp(hay, text, length) == 0) {
        return hay;
    }
    wanted.at_start = true;
    wanted.or_blank = of_words;
    return search(&wanted, hay + 1, hay + (size - length + 1));
}
