/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dictionary.c
 * @brief Numbers the roles of cameras while a catalogue is built.
 * Layer: pure.
 */
#include "catalogue/dictionary.h"

#include "catalogue/words.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define FIRST_SIZE 64

cctv_text_t cctv_dictionary_name(const cctv_dictionary_t *d, uint32_t number)
{
    uint32_t start = number == 0 ? 0 : d->ends[number - 1];

    return (cctv_text_t){ d->names.data + start, d->ends[number] - start };
}

/* @return the place of a name in the table, or the free one for it */
static uint32_t *place_of(const cctv_dictionary_t *d, cctv_text_t name)
{
    uint32_t at = (uint32_t)XXH3_64bits(name.text, name.len);

    for (;; at++) {
        uint32_t *place = &d->table[at & (d->table_size - 1)];

        if (*place == 0
            || cctv_role_compare(cctv_dictionary_name(d, *place - 1), name)
                   == 0) {
            return place;
        }
    }
}

/* @param size  a power of 2 */
static bool set_size(cctv_dictionary_t *d, size_t size)
{
    uint32_t *ends = realloc(d->ends, size * sizeof *ends);
    uint32_t *table;

    if (ends == NULL) {
        return false;
    }
    d->ends = ends;
    table = calloc(2 * size, sizeof *table);
    if (table == NULL) {
        return false;
    }
    free(d->table);
    d->table = table;
    d->table_size = (uint32_t)(2 * size);
    d->size = (uint32_t)size;
    return true;
}

static bool grow(cctv_dictionary_t *d)
{
    uint32_t i;

    if (d->size == 0) {
        cctv_json_init(&d->names, FIRST_SIZE);
    }
    if (!set_size(d, d->size == 0 ? FIRST_SIZE : (size_t)d->size * 2)) {
        return false;
    }
    for (i = 0; i < d->count; i++) {
        *place_of(d, cctv_dictionary_name(d, i)) = i + 1;
    }
    return true;
}

bool cctv_dictionary_add(cctv_dictionary_t *d, cctv_text_t name,
                         uint32_t *number)
{
    uint32_t *place;

    if (d->count == d->size && !grow(d)) {
        return false;
    }
    place = place_of(d, name);
    if (*place == 0) {
        cctv_json_raw(&d->names, name.text, name.len);
        if (d->names.failed || d->names.len > UINT32_MAX) {
            return false;
        }
        d->ends[d->count] = (uint32_t)d->names.len;
        *place = ++d->count;
    }
    *number = *place - 1;
    return true;
}

static int compare(const void *a, const void *b, void *dictionary)
{
    return cctv_role_compare(
        cctv_dictionary_name(dictionary, *(const uint32_t *)a),
        cctv_dictionary_name(dictionary, *(const uint32_t *)b));
}

/* Write the names in the new order. @return whether there is memory */
static bool rewrite(cctv_dictionary_t *d, const uint32_t *sorted)
{
    uint32_t *ends = malloc((d->count + 1) * sizeof *ends);
    cctv_json_t names;
    uint32_t i;

    cctv_json_init(&names, d->names.len + 1);
    if (ends == NULL || names.failed) {
        free(ends);
        cctv_json_free(&names);
        return false;
    }
    for (i = 0; i < d->count; i++) {
        cctv_text_t name = cctv_dictionary_name(d, sorted[i]);

        cctv_json_raw(&names, name.text, name.len);
        ends[i] = (uint32_t)names.len;
    }
    cctv_json_free(&d->names);
    free(d->ends);
    d->names = names;
    d->ends = ends;
    return true;
}

uint32_t *cctv_dictionary_sort(cctv_dictionary_t *d)
{
    uint32_t *sorted = malloc((d->count + 1) * sizeof *sorted);
    uint32_t *numbers = malloc((d->count + 1) * sizeof *numbers);
    bool has_memory = sorted != NULL && numbers != NULL;
    uint32_t i;

    for (i = 0; has_memory && i < d->count; i++) {
        sorted[i] = i;
    }
    if (has_memory) {
        qsort_r(sorted, d->count, sizeof *sorted, compare, d);
        has_memory = rewrite(d, sorted);
    }
    for (i = 0; has_memory && i < d->count; i++) {
        numbers[sorted[i]] = i;
    }
    free(sorted);
    if (!has_memory) {
        free(numbers);
        return NULL;
    }
    return numbers;
}

void cctv_dictionary_free(cctv_dictionary_t *d)
{
    cctv_json_free(&d->names);
    free(d->ends);
    free(d->table);
}
