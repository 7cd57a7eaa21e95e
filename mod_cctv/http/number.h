/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file number.h
 * @brief Numbers from text that a client sent.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_NUMBER_H
#define CCTV_HTTP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Read a finite decimal number: [+-]digits[.digits][e[+-]digits]. No blanks,
 * no hexadecimal, no "inf" or "nan", the point whatever the locale is.
 *
 * @param text  len bytes, not necessarily NUL-terminated
 * @param out   written only on success
 * @return whether all of the text is such a number
 * Thread-safe. Allocates nothing.
 */
bool cctv_number_parse_double(const char *text, size_t len, double *out);

/**
 * Read a whole number of digits only, without sign or blanks. One that is
 * greater than max is given as max and still true, however long it is.
 *
 * @param text  NUL-terminated
 * @param max   0 or more
 * @param out   written only on success
 * Thread-safe. Allocates nothing.
 */
bool cctv_number_parse_count(const char *text, int max, int *out);

#endif
