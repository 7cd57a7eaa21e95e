/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file number.h
 * @brief Reads whole numbers and times from the arguments of directives.
 * Layer: pure.
 */
#ifndef CCTV_CONFIG_NUMBER_H
#define CCTV_CONFIG_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Read a whole number: digits only, without sign or blanks.
 *
 * @param text   NUL-terminated
 * @param value  written only on success
 * @return false if the text is not such a number or the number is too large
 * Thread-safe. Allocates nothing.
 */
bool cctv_config_parse_number(const char *text, int64_t *value);

/**
 * Read a time: a whole number and one of the units ms, s or min. Without a
 * unit the number is in seconds.
 *
 * @param text   NUL-terminated
 * @param value  in µs; written only on success
 * @return false if the text is not such a time or the time is too large
 * Thread-safe. Allocates nothing.
 */
bool cctv_config_parse_time(const char *text, int64_t *value);

#endif
