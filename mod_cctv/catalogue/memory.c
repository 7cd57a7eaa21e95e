/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief What all processes share about the catalogues.
 * Layer: pure.
 */
#include "catalogue/memory.h"

static size_t size(uint32_t capacity)
{
    (void)capacity;
    return sizeof(cctv_catalogue_memory_t);
}

/* Nothing of it is in the state file: the files of the catalogues tell all. */
const cctv_region_t cctv_catalogue_region = { .name = "catalogue",
                                              .layout = 2,
                                              .size = size };
