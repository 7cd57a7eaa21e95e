/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file requests.c
 * @brief Measures how long answers took, by handler and class of status.
 * Layer: pure.
 */
#include "metrics/requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL(name, label) label,

const char *const cctv_code_labels[] = { CCTV_CODE_LIST(LABEL) };

static const char *names[CCTV_ROUTES_MAX];
static int count;

int cctv_requests_add_route(const char *name)
{
    if (count == CCTV_ROUTES_MAX) {
        /* CCTV_ROUTES_MAX has to be raised. */
        abort();
    }
    names[count] = name;
    return count++;
}

void cctv_requests_clear(void)
{
    count = 0;
}

static size_t requests_size(uint32_t capacity)
{
    (void)capacity;
    return sizeof(cctv_requests_t);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_requests_t *requests = memory;
    char name[48];
    int route;
    int code;

    for (route = 0; route < count; route++) {
        for (code = 0; code < CCTV_CODE_COUNT; code++) {
            snprintf(name, sizeof name, "%s/%s", names[route],
                     cctv_code_labels[code]);
            visit(context, name,
                  cctv_histogram_cells(&requests->codes[route][code]),
                  CCTV_HISTOGRAM_CELLS);
        }
    }
}

const cctv_region_t cctv_requests_region = { .name = "requests",
                                             .layout = 2,
                                             .size = requests_size,
                                             .counters = visit_counters };

cctv_code_t cctv_code_class(int status)
{
    int hundreds = status / 100;

    return hundreds < 1 || hundreds > 5 ? CCTV_CODE_5XX
                                        : (cctv_code_t)(hundreds - 1);
}

void cctv_requests_observe(cctv_requests_t *requests, int route, int status,
                           int64_t duration)
{
    cctv_histogram_observe(&requests->codes[route][cctv_code_class(status)],
                           duration);
}

void cctv_requests_write(cctv_scrape_t *scrape,
                         const cctv_requests_t *requests)
{
    cctv_histogram_figures_t figures;
    char labels[96];
    int route;
    int code;

    for (route = 0; route < count; route++) {
        for (code = 0; code < CCTV_CODE_COUNT; code++) {
            cctv_histogram_read(&requests->codes[route][code], &figures);
            if (figures.count > 0) {
                snprintf(labels, sizeof labels, "handler=\"%s\",code=\"%s\"",
                         names[route], cctv_code_labels[code]);
                cctv_family_add_figures(scrape, labels, &figures);
            }
        }
    }
}
