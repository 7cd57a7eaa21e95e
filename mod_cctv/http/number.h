/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file number.h
 * @brief Reads numbers from text that a client sent.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_NUMBER_H
#define CCTV_HTTP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Read a finite decimal number: [+-]digits[.digits][e[+-]digits]. Blanks,
 * hexadecimal numbers, "inf" and "nan" are refused. The decimal separator is a
 * point in every locale.
 *
 * @param text  len bytes, not necessarily NUL-terminated
 * @param out   written only on success
 * @return whether the whole text is such a number
 * Thread-safe. Allocates nothing.
 */
bool cctv_number_parse_double(const char *text, size_t len, double *out);

/**
 * Read a whole number that consists of digits only. A number greater than max,
 * however long, is read as max.
 *
 * @param text  NUL-terminated
 * @param max   0 or more
 * @param out   written only on success
 * @return whether the whole text is such a number
 * Thread-safe. Allocates nothing.
 */
bool cctv_number_parse_count(const char *text, int max, int *out);

#endif
