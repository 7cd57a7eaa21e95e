/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writer.h
 * @brief JSON text into one growing buffer: for large answers, for speed.
 * Layer: pure.
 *
 * The small answers are written by jansson.
 */
#ifndef CCTV_JSON_WRITER_H
#define CCTV_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** A buffer from malloc(), since a page may be megabytes that have to go
 *  back to the system. After a failed allocation `failed` is set and every
 *  further call does nothing, so that one check at the end is enough. */
typedef struct {
    char *data;
    size_t len;
    size_t size;
    bool failed;
} cctv_json_t;

/** The most bytes that n bytes of text become, quotes not counted. */
#define CCTV_JSON_ESCAPED(n) (6 * (size_t)(n))

/** Start with an empty buffer of this size. Give it to cctv_json_free(), or
 *  take `data` over and free() it. */
void cctv_json_init(cctv_json_t *json, size_t size);
void cctv_json_free(cctv_json_t *json);

/** Make room for n more bytes. @return false where there is no memory */
bool cctv_json_reserve(cctv_json_t *json, size_t n);

/** Append bytes as they are; grows the buffer. */
void cctv_json_raw(cctv_json_t *json, const char *text, size_t len);

/**
 * Write text as a JSON string, with quotes, at a place with room for
 * CCTV_JSON_ESCAPED(len) + 2 bytes. Bytes that are not UTF-8 become U+FFFD,
 * so that the answer is JSON whatever stood in the database.
 * @return behind the last byte written
 */
char *cctv_json_put_string(char *out, const char *text, size_t len);

/**
 * Write a number that the database printed, at a place with room for
 * max(len, 4) bytes; what is no JSON number ("NaN", "Infinity") is null.
 * @return behind the last byte written
 */
char *cctv_json_put_number(char *out, const char *text, size_t len);

/** Copy a string literal to out. @return behind it */
#define CCTV_JSON_PUT(out, literal)                                           \
    ((char *)memcpy(out, literal, sizeof(literal) - 1) + (sizeof(literal) - 1))

#endif
