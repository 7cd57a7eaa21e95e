/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The database as a part of the module.
 * Layer: httpd.
 */
#include "database/mod_part.h"

#include "database/mod_pool.h"
#include "database/mod_runtime.h"
#include "database/mod_settings.h"
#include "memory/segment.h"
#include "metrics/family.h"

#include "http_main.h"

static cctv_database_counters_t *counters;

cctv_database_counters_t *cctv_database_counters(void)
{
    return counters;
}

bool cctv_database_is_up(void)
{
    const server_rec *s;

    for (s = ap_server_conf; s != NULL; s = s->next) {
        if (cctv_breaker_is_open(cctv_database_breaker(s))) {
            return false;
        }
    }
    return true;
}

static void memory_opened(const cctv_segment_t *segment)
{
    counters = cctv_segment_find(segment, &cctv_database_region, NULL);
}

static void register_hooks(apr_pool_t *p)
{
    static const char *const dbd[] = { "mod_dbd.c", NULL };

    (void)p;
    cctv_database_register();
    /* mod_dbd connects in its own child_init hook, with the environment that
     * this hook sets. */
    ap_hook_child_init(cctv_database_child_init, NULL, dbd, APR_HOOK_FIRST);
    ap_hook_child_init(cctv_database_child_ready, dbd, NULL, APR_HOOK_LAST);
}

static void write_queries(cctv_scrape_t *scrape)
{
    cctv_family_add_histogram(scrape, &counters->queries);
}

static void write_errors(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_db_error_labels,
                        counters->errors, CCTV_DB_ERROR_COUNT);
}

static void write_up(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape, cctv_database_is_up());
}

static const cctv_family_t families[] = {
    { "cctv_db_query_duration_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time that a query to the database took.", write_queries },
    { "cctv_db_errors", CCTV_FAMILY_COUNTER, NULL,
      "Queries to the database that got no answer.", write_errors },
    { "cctv_db_up", CCTV_FAMILY_GAUGE, NULL,
      "Whether the database answers, as far as is known.", write_up },
    { .name = NULL }
};

const cctv_part_t cctv_database_part = {
    .name = "database",
    .region = &cctv_database_region,
    .memory_opened = memory_opened,
    .post_config = cctv_database_post_config,
    .register_hooks = register_hooks,
    .settings = &cctv_database_settings_group,
    .families = families,
};
