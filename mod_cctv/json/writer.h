/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writer.h
 * @brief Writes JSON text into one growing buffer, fast, for large answers.
 * Layer: pure.
 *
 * Small answers are written with jansson.
 */
#ifndef CCTV_JSON_WRITER_H
#define CCTV_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/**
 * A buffer from malloc(), not from a pool: an answer may take megabytes, which
 * have to go back to the system. After a failed allocation `failed` is set and
 * every further call does nothing, so one check at the end is enough.
 */
typedef struct {
    char *data;
    size_t len;
    size_t size;
    bool failed;
} cctv_json_t;

/** The most bytes that n bytes of text take, without the quotes. */
#define CCTV_JSON_ESCAPED(n) (6 * (size_t)(n))

/**
 * Start with an empty buffer of this size. Later either call cctv_json_free(),
 * or take over `data` and free() it.
 */
void cctv_json_init(cctv_json_t *json, size_t size);
void cctv_json_free(cctv_json_t *json);

/** Make room for n more bytes. @return false: there is no memory */
bool cctv_json_reserve(cctv_json_t *json, size_t n);

/** Append bytes unchanged; the buffer grows if needed. */
void cctv_json_raw(cctv_json_t *json, const char *text, size_t len);

/**
 * Write text as a JSON string with quotes to out, which has to have room for
 * CCTV_JSON_ESCAPED(len) + 2 bytes. Bytes that are not UTF-8 become U+FFFD, so
 * the answer is valid JSON whatever the database contains.
 *
 * @return the end of what was written
 */
char *cctv_json_put_string(char *out, const char *text, size_t len);

/**
 * Write a number that the database printed to out, which has to have room for
 * max(len, 4) bytes. Text that is not a JSON number ("NaN", "Infinity")
 * becomes null.
 *
 * @return the end of what was written
 */
char *cctv_json_put_number(char *out, const char *text, size_t len);

/** Copy a string literal to out. @return the end of the copy */
#define CCTV_JSON_PUT(out, literal)                                           \
    ((char *)memcpy(out, literal, sizeof(literal) - 1) + (sizeof(literal) - 1))

#endif
