/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief Still pictures as a part of the module.
 * Layer: httpd.
 */
#include "stills/mod_part.h"

#include "cameras/mod_handler.h"
#include "memory/segment.h"
#include "metrics/family.h"
#include "stills/mod_asker.h"
#include "stills/mod_handler.h"
#include "stills/mod_settings.h"

#include "http_core.h"

static cctv_stills_memory_t *memory;
static cctv_still_cache_t cache;

cctv_stills_memory_t *cctv_stills_memory(void)
{
    return memory;
}

const cctv_still_cache_t *cctv_stills_cache(void)
{
    return &cache;
}

static uint32_t megabytes(const server_rec *s)
{
    return (uint32_t)cctv_stills_settings(s)->cache;
}

static void memory_opened(const cctv_segment_t *segment)
{
    uint32_t capacity = 0;

    memory = cctv_segment_find(segment, &cctv_stills_region, &capacity);
    cctv_stills_open_cache(memory, capacity, &cache);
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    (void)s;
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG) {
        cctv_cameras_set_still(cctv_still_answer);
    }
    return OK;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    (void)s;
    cctv_asker_child_init(pchild, memory, &cache);
    cctv_still_child_init();
}

/* Failures of stills are not written to the database, since the video of such a
 * camera may be well. */
static void age_failures(cctv_time_t now, apr_pool_t *pool)
{
    uint32_t i;

    (void)pool;
    for (i = 0; i < CCTV_FAILURES_SIZE; i++) {
        cctv_failure_t why;
        uint64_t word;

        cctv_failures_age(&memory->failures, i, now);
        if (cctv_failures_untold(&memory->failures, i, &word, &why) != 0) {
            cctv_failures_told(&memory->failures, i, word);
        }
    }
}

static void write_answers(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "answer", cctv_still_answer_labels,
                        memory->counters.answers, CCTV_STILL_ANSWER_COUNT);
}

static void write_fetches(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "result", cctv_still_result_labels,
                        memory->counters.fetches, CCTV_FAILURE_COUNT);
}

static void write_bytes(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape, cctv_counted(&memory->counters.bytes));
}

static void write_seconds(cctv_scrape_t *scrape)
{
    cctv_family_add_histogram(scrape, &memory->counters.seconds);
}

static const cctv_family_t families[] = {
    { "cctv_still_answers", CCTV_FAMILY_COUNTER, NULL,
      "Requests for still pictures that the requester may see.",
      write_answers },
    { "cctv_still_fetches", CCTV_FAMILY_COUNTER, NULL,
      "Still pictures that cameras were asked for.", write_fetches },
    { "cctv_still_fetched_bytes", CCTV_FAMILY_COUNTER, "bytes",
      "Still pictures that cameras have sent.", write_bytes },
    { "cctv_still_fetch_duration_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time that cameras took for still pictures.", write_seconds },
    { .name = NULL }
};

static const cctv_task_t tasks[] = {
    { .name = "stills", .interval = 1000000, .run = age_failures },
    { .name = NULL }
};

const cctv_part_t cctv_stills_part = {
    .name = "stills",
    .region = &cctv_stills_region,
    .capacity = megabytes,
    .sized_by = "CCTVStillCache",
    .memory_opened = memory_opened,
    .post_config = post_config,
    .child_init = child_init,
    .settings = &cctv_stills_settings_group,
    .tasks = tasks,
    .families = families,
};
