/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.c
 * @brief The metric families of the push part.
 * Layer: pure.
 */
#include "push/families.h"

#include "push/memory.h"

static const cctv_push_t *push_of(const cctv_scrape_t *scrape)
{
    return scrape->context;
}

static void write_changes(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "change", cctv_changed_labels,
                        push_of(scrape)->counters->changes,
                        CCTV_CHANGED_COUNT);
}

static void write_clients(cctv_scrape_t *scrape)
{
    _Atomic uint64_t streams[CCTV_CARRIER_COUNT];
    int i;

    for (i = 0; i < CCTV_CARRIER_COUNT; i++) {
        atomic_init(&streams[i],
                    (uint64_t)cctv_processes_sum(push_of(scrape)->processes,
                                                 (cctv_carrier_t)i));
    }
    cctv_family_add_row(scrape, "carrier", cctv_carrier_labels, streams,
                        CCTV_CARRIER_COUNT);
}

static void write_events(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape,
                           cctv_counted(&push_of(scrape)->counters->events));
}

static void write_bytes(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape,
                           cctv_counted(&push_of(scrape)->counters->bytes));
}

static void write_resets(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape,
                           cctv_counted(&push_of(scrape)->counters->resets));
}

static void write_closed(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_closed_labels,
                        push_of(scrape)->counters->closed, CCTV_CLOSED_COUNT);
}

static void write_refused(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_unserved_labels,
                        push_of(scrape)->counters->unserved,
                        CCTV_UNSERVED_COUNT);
}

const cctv_family_t cctv_push_families[] = {
    { "cctv_changes", CCTV_FAMILY_COUNTER, NULL,
      "Changes of cameras that clients can be told.", write_changes },
    { "cctv_push_clients", CCTV_FAMILY_GAUGE, NULL,
      "Clients that read server-sent events, by what carries them.",
      write_clients },
    { "cctv_push_events", CCTV_FAMILY_COUNTER, NULL, "Events sent to clients.",
      write_events },
    { "cctv_push_bytes", CCTV_FAMILY_COUNTER, "bytes",
      "Bytes of server-sent events.", write_bytes },
    { "cctv_push_resets", CCTV_FAMILY_COUNTER, NULL,
      "Clients that were told to load their list again.", write_resets },
    { "cctv_push_closed", CCTV_FAMILY_COUNTER, NULL,
      "Streams that the server closed, by reason.", write_closed },
    { "cctv_push_refused", CCTV_FAMILY_COUNTER, NULL,
      "Streams that were refused, by reason.", write_refused },
    { .name = NULL }
};
