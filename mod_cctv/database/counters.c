/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.c
 * @brief The counters of the database.
 * Layer: pure.
 */
#include "database/counters.h"

#define LABEL(name, label) label,

const char *const cctv_db_error_labels[] = { CCTV_DB_ERROR_LIST(LABEL) };

static size_t database_size(uint32_t capacity)
{
    (void)capacity;
    return sizeof(cctv_database_counters_t);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_database_counters_t *counters = memory;

    cctv_region_visit_row(visit, context, "errors", cctv_db_error_labels,
                          counters->errors, CCTV_DB_ERROR_COUNT);
    visit(context, "queries", cctv_histogram_cells(&counters->queries),
          CCTV_HISTOGRAM_CELLS);
}

const cctv_region_t cctv_database_region = { .name = "database",
                                             .layout = 1,
                                             .size = database_size,
                                             .counters = visit_counters };
