/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file text.h
 * @brief Text of any length through one small buffer: for speed, and for
 *        memory that stays as it is.
 * Layer: pure.
 *
 * A full buffer is handed on and used again. Once the receiver has said stop,
 * every further call does nothing.
 */
#ifndef CCTV_METRICS_TEXT_H
#define CCTV_METRICS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Bytes that cctv_text_line() makes room for; the smallest buffer. */
#define CCTV_TEXT_LINE 256

/** Takes the text over. @return false: nobody wants the rest */
typedef bool cctv_text_flush_t(void *context, const char *data, size_t len);

/** What has not been handed on yet is data[0 … len - 1]. */
typedef struct {
    char *data;
    size_t size;
    size_t len;
    cctv_text_flush_t *flush;
    void *context;
    bool is_stopped;
} cctv_text_t;

/** @param data  of `size` ≥ CCTV_TEXT_LINE bytes; the caller's */
void cctv_text_init(cctv_text_t *text, char *data, size_t size,
                    cctv_text_flush_t *flush, void *context);

/** Hand the buffer on and empty it. @return false: stopped */
bool cctv_text_flush(cctv_text_t *text);

/** Append a string, a number, or µs in seconds. */
void cctv_text_add(cctv_text_t *text, const char *string);
void cctv_text_add_number(cctv_text_t *text, uint64_t number);
void cctv_text_add_seconds(cctv_text_t *text, uint64_t duration);

/** A place to write up to CCTV_TEXT_LINE bytes to by hand; NULL: stopped.
 *  Then say with cctv_text_end() where they end. */
static inline char *cctv_text_line(cctv_text_t *text)
{
    if (text->size - text->len < CCTV_TEXT_LINE && !cctv_text_flush(text)) {
        return NULL;
    }
    return text->data + text->len;
}

static inline void cctv_text_end(cctv_text_t *text, const char *end)
{
    text->len = (size_t)(end - text->data);
}

/** Copy a string literal to a place. @return behind it */
#define CCTV_TEXT_PUT(at, literal)                                            \
    ((char *)memcpy(at, literal, sizeof(literal) - 1) + (sizeof(literal) - 1))

extern const char cctv_text_pairs[200];           /**< "00" to "99" */
extern const uint64_t cctv_text_powers_of_10[20]; /**< but 0 for 1 */

/** Write a number, at most 20 digits. @return behind it */
static inline char *cctv_text_put_number(char *at, uint64_t number)
{
    /* log10(2) = 1233 / 4096, nearly: one too few at most. */
    int digits = (64 - __builtin_clzll(number | 1)) * 1233 >> 12;
    char *end;

    digits += number >= cctv_text_powers_of_10[digits];
    end = at + digits;
    at = end;
    while (number >= 100) {
        at -= 2;
        memcpy(at, cctv_text_pairs + number % 100 * 2, 2);
        number /= 100;
    }
    if (number >= 10) {
        memcpy(at - 2, cctv_text_pairs + number * 2, 2);
    }
    else {
        at[-1] = (char)('0' + number);
    }
    return end;
}

/** Write µs as seconds, exact: at most 21 characters, no zeros at the end.
 *  @return behind them */
static inline char *cctv_text_put_seconds(char *at, uint64_t duration)
{
    uint64_t rest = duration % 1000000;

    at = cctv_text_put_number(at, duration / 1000000);
    if (rest == 0) {
        return at;
    }
    *at++ = '.';
    memcpy(at, cctv_text_pairs + rest / 10000 * 2, 2);
    memcpy(at + 2, cctv_text_pairs + rest / 100 % 100 * 2, 2);
    memcpy(at + 4, cctv_text_pairs + rest % 100 * 2, 2);
    at += 6;
    while (at[-1] == '0') {
        at--;
    }
    return at;
}

#endif
