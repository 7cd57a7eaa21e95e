/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file find.h
 * @brief Finds text in large pieces of memory: as memmem(), several times as
 *        fast for short text.
 * Layer: pure.
 *
 * All functions are thread-safe and allocate nothing.
 */
#ifndef CCTV_CATALOGUE_FIND_H
#define CCTV_CATALOGUE_FIND_H

#include <stdbool.h>
#include <stddef.h>

/** Find a text of 1 byte or more. @return where it starts; NULL: nowhere */
const char *cctv_find(const char *hay, size_t size, const char *text,
                      size_t length);

/**
 * Find a text of 1 byte or more at the start of a name, or of a word as well.
 * Names end with NUL, and words with a blank.
 *
 * @param hay  starts with a name
 * @return where it starts; NULL: nowhere
 */
const char *cctv_find_start(const char *hay, size_t size, const char *text,
                            size_t length, bool of_words);

#endif
