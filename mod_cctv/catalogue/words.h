/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file words.h
 * @brief The words of a catalogue: statuses as a Feature has them, and the order
 *        of roles.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_WORDS_H
#define CCTV_CATALOGUE_WORDS_H

#include "cameras/camera.h"

#include <stdint.h>

/** A status in a Feature, with its quotes. */
typedef struct {
    uint8_t length;
    char text[15];
} cctv_word_t;

/** By cctv_camera_status_t. */
extern const cctv_word_t cctv_status_words[];

/** The order of roles in the dictionary: by bytes. @return as memcmp() */
int cctv_role_compare(cctv_text_t a, cctv_text_t b);

#endif
