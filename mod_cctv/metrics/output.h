/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output.h
 * @brief Writes text of any length through one small buffer, fast and without
 *        allocating memory.
 * Layer: pure.
 *
 * A full buffer is passed to the receiver and then reused. After the receiver
 * has returned false, every further call does nothing.
 */
#ifndef CCTV_METRICS_OUTPUT_H
#define CCTV_METRICS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * The number of bytes that cctv_output_line() makes room for; also the
 * smallest size of a buffer.
 */
#define CCTV_OUTPUT_LINE 256

/** The receiver of the text. @return false: the rest is not wanted */
typedef bool cctv_output_flush_t(void *context, const char *data, size_t len);

/** The bytes data[0 … len - 1] have not been passed to the receiver yet. */
typedef struct {
    char *data;
    size_t size;
    size_t len;
    cctv_output_flush_t *flush;
    void *context;
    bool is_stopped;
} cctv_output_t;

/**
 * @param data  `size` bytes, at least CCTV_OUTPUT_LINE; still owned by the
 *              caller
 */
void cctv_output_init(cctv_output_t *text, char *data, size_t size,
                      cctv_output_flush_t *flush, void *context);

/**
 * Pass the buffer to the receiver and empty it. @return false: the receiver
 * wants no more
 */
bool cctv_output_flush(cctv_output_t *text);

/**
 * Append a string, a number, or a duration given in µs and written in seconds.
 */
void cctv_output_add(cctv_output_t *text, const char *string);
void cctv_output_add_number(cctv_output_t *text, uint64_t number);
void cctv_output_add_seconds(cctv_output_t *text, uint64_t duration);

/**
 * Get a place for up to CCTV_OUTPUT_LINE bytes that the caller writes itself.
 * Call cctv_output_end() with the end of these bytes afterwards. @return NULL:
 * the receiver wants no more
 */
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

/** Copy a string literal to `at`. @return the end of the copy */
#define CCTV_OUTPUT_PUT(at, literal)                                          \
    ((char *)memcpy(at, literal, sizeof(literal) - 1) + (sizeof(literal) - 1))

extern const char cctv_output_pairs[200]; /**< "00" to "99" */
/** the first element is 0 */
extern const uint64_t cctv_output_powers_of_10[20];

/** Write a number, at most 20 digits. @return the end of the text */
static inline char *cctv_output_put_number(char *at, uint64_t number)
{
    /* log10(2) is about 1233 / 4096. The result is correct or one too
     * small. */
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

/**
 * Write a duration given in µs as exact seconds without trailing zeros, at
 * most 21 characters. @return the end of the text
 */
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
