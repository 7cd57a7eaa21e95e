/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.c
 * @brief The metric families of the events part.
 * Layer: pure.
 */
#include "events/families.h"

#include "events/memory.h"

static void write_counter(cctv_scrape_t *scrape,
                          const _Atomic uint64_t *counter)
{
    cctv_family_add_number(scrape, cctv_counted(counter));
}

static void write_written(cctv_scrape_t *scrape)
{
    const cctv_events_t *events = scrape->context;

    write_counter(scrape, &events->counters.written);
}

static void write_dropped(cctv_scrape_t *scrape)
{
    const cctv_events_t *events = scrape->context;

    write_counter(scrape, &events->counters.dropped);
}

const cctv_family_t cctv_events_families[] = {
    { "cctv_events_written", CCTV_FAMILY_COUNTER, NULL,
      "Events written, counted for each CCTVEventLog.", write_written },
    { "cctv_events_dropped", CCTV_FAMILY_COUNTER, NULL,
      "Events that a CCTVEventLog did not take in time.", write_dropped },
    { .name = NULL }
};
