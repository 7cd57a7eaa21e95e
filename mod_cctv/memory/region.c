/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file region.c
 * @brief Visits the counters of a region.
 * Layer: pure.
 */
#include "memory/region.h"

#include <stdio.h>

void cctv_region_visit_row(cctv_counter_visit_t *visit, void *context,
                           const char *row, const char *const *names,
                           _Atomic uint64_t *cells, int count)
{
    char name[CCTV_COUNTER_NAME_SIZE];
    int i;

    for (i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s/%s", row, names[i]);
        visit(context, name, &cells[i], 1);
    }
}
