/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dictionary.h
 * @brief Numbers the roles of cameras while a catalogue is built.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_DICTIONARY_H
#define CCTV_CATALOGUE_DICTIONARY_H

#include "cameras/camera.h"
#include "json/writer.h"

#include <stdbool.h>
#include <stdint.h>

/** All zero at the start. */
typedef struct {
    cctv_json_t names; /**< one after the other */
    uint32_t *ends;
    uint32_t count;
    uint32_t size;
    uint32_t *table; /**< by hash: the number plus 1; 0: free */
    uint32_t table_size;
} cctv_dictionary_t;

/** Number a role; the first one is 0. @return whether there is memory */
bool cctv_dictionary_add(cctv_dictionary_t *dictionary, cctv_text_t name,
                         uint32_t *number);

/** A name by its number. */
cctv_text_t cctv_dictionary_name(const cctv_dictionary_t *dictionary,
                                 uint32_t number);

/**
 * Sort the roles by name.
 *
 * @return by its number, the new number of each role; free() it; NULL: there
 *         is no memory
 */
uint32_t *cctv_dictionary_sort(cctv_dictionary_t *dictionary);

void cctv_dictionary_free(cctv_dictionary_t *dictionary);

#endif
