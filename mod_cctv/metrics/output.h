/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output.h
 * @brief Text of any length through one small buffer: for speed, and for
 *        memory that stays as it is.
 * Layer: pure.
 *
 * A full buffer is handed on and used again. Once the receiver has said stop,
 * every further call does nothing.
 */
#ifndef CCTV_METRICS_OUTPUT_H
#define CCTV_METRICS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Bytes that cctv_output_line() makes room for; the smallest buffer. */
#define CCTV_OUTPUT_LINE 256

/** Takes the text over. @return false: nobody wants the rest */
typedef bool cctv_output_flush_t(void *context, const char *data, size_t len);

/** What has not been handed on yet is data[0 … len - 1]. */
typedef struct {
    char *data;
    size_t size;
    size_t len;
    cctv_output_flush_t *flush;
    void *context;
    bool is_stopped;
} cctv_output_t;

/** @param data  of `size` ≥ CCTV_OUTPUT_LINE bytes; the caller's */
void cctv_output_init(cctv_output_t *text, char *data, size_t size,
                      cctv_output_flush_t *flush, void *context);

/** Hand the buffer on and empty it. @return false: stopped */
bool cctv_output_flush(cctv_output_t *text);

/** Append a string, a number, or µs in seconds. */
void cctv_output_add(cctv_output_t *text, const char *string);
void cctv_output_add_number(cctv_output_t *text, uint64_t number);
void cctv_output_add_seconds(cctv_output_t *text, uint64_t duration);

/** A place to write up to CCTV_OUTPUT_LINE bytes to by hand; NULL: stopped.
 *  Then say with cctv_output_end() where they end. */
static inline char *cctv_output_line(cctv_output_t *text)
{
    if (text->size - text->len < CCTV_OUTPUT_LINE
        && !cctv_output_flush(text)) {
        return NULL;
    }
    return text->data + text->len;
}

static inline void cctv_output_end(cctv_output_t *text, const char *end)
{
    text->len = (size_t)(end - text->data);
}

/** Copy a string literal to a place. @return behind it */
#define CCTV_OUTPUT_PUT(at, literal)                                          \
    ((char *)memcpy(at, literal, sizeof(literal) - 1) + (sizeof(literal) - 1))

extern const char cctv_output_pairs[200];           /**< "00" to "99" */
extern const uint64_t cctv_output_powers_of_10[20]; /**< but 0 for 1 */

/** Write a number, at most 20 digits. @return behind it */
static inline char *cctv_output_put_number(char *at, uint64_t number)
{
    /* log10(2) = 1233 / 4096, nearly: one too few at most. */
    int digits = (64 - __builtin_clzll(number | 1)) * 1233 >> 12;
    char *end;

    digits += number >= cctv_output_powers_of_10[digits];
    end = at + digits;
    at = end;
    while (number >= 100) {
        at -= 2;
        memcpy(at, cctv_output_pairs + number % 100 * 2, 2);
        number /= 100;
    }
    if (number >= 10) {
        memcpy(at - 2, cctv_output_pairs + number * 2, 2);
    }
    else {
        at[-1] = (char)('0' + number);
    }
    return end;
}

/** Write µs as seconds, exact: at most 21 characters, no zeros at the end.
 *  @return behind them */
static inline char *cctv_output_put_seconds(char *at, uint64_t duration)
{
    uint64_t rest = duration % 1000000;

    at = cctv_output_put_number(at, duration / 1000000);
    if (rest == 0) {
        return at;
    }
    *at++ = '.';
    memcpy(at, cctv_output_pairs + rest / 10000 * 2, 2);
    memcpy(at + 2, cctv_output_pairs + rest / 100 % 100 * 2, 2);
    memcpy(at + 4, cctv_output_pairs + rest % 100 * 2, 2);
    at += 6;
    while (at[-1] == '0') {
        at--;
    }
    return at;
}

#endif
