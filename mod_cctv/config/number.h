/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file number.h
 * @brief Whole numbers and times in the arguments of directives.
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
 * @return false if the text is no such number or does not fit
 * Thread-safe. Allocates nothing.
 */
bool cctv_config_parse_number(const char *text, int64_t *value);

/**
 * Read a time: a whole number and one of the units ms, s or min; without a
 * unit it is seconds.
 *
 * @param text   NUL-terminated
 * @param value  in µs; written only on success
 * @return false if the text is no such time or does not fit
 * Thread-safe. Allocates nothing.
 */
bool cctv_config_parse_time(const char *text, int64_t *value);

#endif
