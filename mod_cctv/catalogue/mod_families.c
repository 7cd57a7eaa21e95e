/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_families.c
 * @brief The metrics about the catalogues.
 * Layer: httpd.
 */
#include "catalogue/mod_families.h"

#include "catalogue/mod_places.h"

#include "apr_strings.h"
#include "apr_time.h"

/* Catalogues are numbered from 1 in the order of the configuration: a path does
 * not belong into metrics. */
static void add_name(cctv_scrape_t *scrape, int which)
{
    cctv_family_add_name(scrape);
    cctv_output_add(scrape->out, "{catalogue=\"");
    cctv_output_add_number(scrape->out, (uint64_t)which + 1);
    cctv_output_add(scrape->out, "\"} ");
}

static int64_t age_of(const cctv_catalogue_state_t *state)
{
    int64_t age = apr_time_now() - atomic_load(&state->agreed);

    return age < 0 ? 0 : age;
}

/* @param add      how the value is written
 * @param is_late  whether there is no value before the first generation */
static void add_all(cctv_scrape_t *scrape,
                    uint64_t (*value)(const cctv_catalogue_state_t *state),
                    void (*add)(cctv_output_t *out, uint64_t value),
                    bool is_late)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    char labels[32];
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].state != NULL
            && (!is_late || atomic_load(&places[i].state->number) != 0)) {
            add_name(scrape, i);
            add(scrape->out, value(places[i].state));
            cctv_output_add(scrape->out, "\n");
            apr_snprintf(labels, sizeof labels, "catalogue=\"%d\"", i + 1);
            cctv_family_add_created(scrape, labels);
        }
    }
}

static uint64_t generation(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->number);
}

static uint64_t age(const cctv_catalogue_state_t *state)
{
    return (uint64_t)age_of(state);
}

static uint64_t cameras(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->cameras);
}

static uint64_t bytes(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->bytes);
}

static uint64_t build_time(const cctv_catalogue_state_t *state)
{
    return (uint64_t)atomic_load(&state->build_time);
}

static uint64_t builds(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->builds);
}

static uint64_t builds_failed(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->builds_failed);
}

static uint64_t changes(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->changes);
}

static uint64_t statuses(const cctv_catalogue_state_t *state)
{
    return atomic_load(&state->statuses);
}

static void write_generation(cctv_scrape_t *scrape)
{
    add_all(scrape, generation, cctv_output_add_number, false);
}

static void write_age(cctv_scrape_t *scrape)
{
    add_all(scrape, age, cctv_output_add_seconds, true);
}

static void write_cameras(cctv_scrape_t *scrape)
{
    add_all(scrape, cameras, cctv_output_add_number, true);
}

static void write_bytes(cctv_scrape_t *scrape)
{
    add_all(scrape, bytes, cctv_output_add_number, true);
}

static void write_build_time(cctv_scrape_t *scrape)
{
    add_all(scrape, build_time, cctv_output_add_seconds, true);
}

static void write_builds(cctv_scrape_t *scrape)
{
    add_all(scrape, builds, cctv_output_add_number, false);
}

static void write_builds_failed(cctv_scrape_t *scrape)
{
    add_all(scrape, builds_failed, cctv_output_add_number, false);
}

static void write_changes(cctv_scrape_t *scrape)
{
    add_all(scrape, changes, cctv_output_add_number, false);
}

static void write_statuses(cctv_scrape_t *scrape)
{
    add_all(scrape, statuses, cctv_output_add_number, false);
}

const cctv_family_t cctv_catalogue_families[] = {
    { "cctv_catalogue_generation", CCTV_FAMILY_GAUGE, NULL,
      "The number of the catalogue's generation; 0: there is none yet.",
      write_generation },
    { "cctv_catalogue_age_seconds", CCTV_FAMILY_GAUGE, "seconds",
      "Time since the catalogue was last known to be up to date.", write_age },
    { "cctv_catalogue_cameras", CCTV_FAMILY_GAUGE, NULL,
      "Cameras in the catalogue.", write_cameras },
    { "cctv_catalogue_bytes", CCTV_FAMILY_GAUGE, "bytes",
      "Size of the catalogue's file.", write_bytes },
    { "cctv_catalogue_build_seconds", CCTV_FAMILY_GAUGE, "seconds",
      "Time that the last build of the catalogue took.", write_build_time },
    { "cctv_catalogue_builds", CCTV_FAMILY_COUNTER, NULL,
      "Generations that were built from the table.", write_builds },
    { "cctv_catalogue_builds_failed", CCTV_FAMILY_COUNTER, NULL,
      "Builds of a generation that failed.", write_builds_failed },
    { "cctv_catalogue_changes", CCTV_FAMILY_COUNTER, NULL,
      "Cameras that were replaced without reading the whole table.",
      write_changes },
    { "cctv_catalogue_status_changes", CCTV_FAMILY_COUNTER, NULL,
      "Statuses that were changed in place.", write_statuses },
    { .name = NULL }
};

bool cctv_catalogue_figures(const server_rec *s, cctv_catalogue_figures_t *out)
{
    int which = cctv_catalogue_which(s);
    const cctv_catalogue_state_t *state;

    if (which < 0) {
        return false;
    }
    state = cctv_catalogue_places()[which].state;
    out->generation = atomic_load(&state->number);
    out->cameras = atomic_load(&state->cameras);
    out->age = age_of(state);
    return true;
}
