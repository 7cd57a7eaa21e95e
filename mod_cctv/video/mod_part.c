/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The video part of the module.
 * Layer: httpd.
 */
#include "video/mod_part.h"

#include "memory/segment.h"
#include "metrics/family.h"
#include "video/mod_answer.h"
#include "video/mod_handler.h"
#include "video/mod_ice.h"
#include "video/mod_keeper.h"
#include "video/mod_lifecycle.h"
#include "video/mod_settings.h"

static cctv_video_memory_t *memory;

cctv_video_memory_t *cctv_video_memory(void)
{
    return memory;
}

const char *cctv_video_state(void)
{
    int i;

    if (cctv_video() == NULL) {
        return "off";
    }
    for (i = 0; i < cctv_video()->servers.count; i++) {
        if (!cctv_janus_region_is_down(cctv_video()->servers.at[i].region)) {
            return "up";
        }
    }
    return "down";
}

/* A Janus that does not answer has lost them, or they are not known. */
static uint64_t mountpoints_of(const cctv_janus_server_t *server)
{
    return cctv_breaker_is_open(&server->region->breaker)
               ? 0
               : cctv_counted(&server->region->mountpoints);
}

uint64_t cctv_video_mountpoints(void)
{
    uint64_t sum = 0;
    int i;

    for (i = 0; cctv_video() != NULL && i < cctv_video()->servers.count; i++) {
        sum += mountpoints_of(&cctv_video()->servers.at[i]);
    }
    return sum;
}

static void memory_opened(const cctv_segment_t *segment)
{
    memory = cctv_segment_find(segment, &cctv_video_region, NULL);
}

/* Write a number of each server. The one of CCTVJanusURL has no name, and no
 * label. */
static void
write_servers(cctv_scrape_t *scrape,
              uint64_t number_of(const cctv_janus_server_t *server))
{
    int i;

    for (i = 0; cctv_video() != NULL && i < cctv_video()->servers.count; i++) {
        const cctv_janus_server_t *server = &cctv_video()->servers.at[i];

        if (server->name[0] == '\0') {
            cctv_family_add_number(scrape, number_of(server));
        }
        else {
            cctv_family_add_labelled(scrape, "server", server->name,
                                     number_of(server));
        }
    }
}

/* The value is 0 while the breaker is open, which means that Janus is known
 * not to answer. A value of 1 does not mean that Janus has answered lately. */
static uint64_t is_up(const cctv_janus_server_t *server)
{
    return !cctv_breaker_is_open(&server->region->breaker);
}

static void write_up(cctv_scrape_t *scrape)
{
    write_servers(scrape, is_up);
}

static uint64_t is_draining(const cctv_janus_server_t *server)
{
    return server->is_draining;
}

static void write_draining(cctv_scrape_t *scrape)
{
    write_servers(scrape, is_draining);
}

static uint64_t views_of(const cctv_janus_server_t *server)
{
    return atomic_load(&server->region->views);
}

static void write_views(cctv_scrape_t *scrape)
{
    write_servers(scrape, views_of);
}

static void write_mountpoints(cctv_scrape_t *scrape)
{
    write_servers(scrape, mountpoints_of);
}

static uint64_t calls_of(const cctv_janus_server_t *server)
{
    return cctv_counted(&server->region->tally.calls);
}

static void write_server_calls(cctv_scrape_t *scrape)
{
    write_servers(scrape, calls_of);
}

static uint64_t errors_of(const cctv_janus_server_t *server)
{
    return cctv_counted(&server->region->tally.errors);
}

static void write_server_errors(cctv_scrape_t *scrape)
{
    write_servers(scrape, errors_of);
}

static void write_calls(cctv_scrape_t *scrape)
{
    cctv_family_add_histogram(scrape, &memory->counters.calls);
}

static void write_errors(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_janus_error_labels,
                        memory->counters.errors, CCTV_JANUS_ERROR_COUNT);
}

static void write_events(cctv_scrape_t *scrape)
{
    if (cctv_video() != NULL) {
        cctv_family_add_row(scrape, "result", cctv_events_labels,
                            memory->events, CCTV_EVENTS_COUNT);
    }
}

static void write_answers(cctv_scrape_t *scrape)
{
    cctv_family_add_histogram(scrape, &memory->answers);
}

static void write_failures(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_failure_labels, memory->failed,
                        CCTV_FAILURE_COUNT - 1);
}

static const cctv_family_t families[] = {
    { "cctv_janus_up", CCTV_FAMILY_GAUGE, NULL,
      "Whether Janus answers, as far as is known.", write_up },
    { "cctv_janus_draining", CCTV_FAMILY_GAUGE, NULL,
      "Whether Janus is drained, so that it gets no new views.",
      write_draining },
    { "cctv_janus_views", CCTV_FAMILY_GAUGE, NULL,
      "Views whose video comes from Janus.", write_views },
    { "cctv_janus_call_duration_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time that a call of Janus took.", write_calls },
    { "cctv_janus_server_calls", CCTV_FAMILY_COUNTER, NULL,
      "Calls of each Janus server.", write_server_calls },
    { "cctv_janus_server_errors", CCTV_FAMILY_COUNTER, NULL,
      "Calls of each Janus server that brought nothing of use.",
      write_server_errors },
    { "cctv_janus_errors", CCTV_FAMILY_COUNTER, NULL,
      "Calls of Janus that brought nothing of use.", write_errors },
    { "cctv_janus_events", CCTV_FAMILY_COUNTER, NULL,
      "Requests with events of Janus.", write_events },
    { "cctv_mountpoints", CCTV_FAMILY_GAUGE, NULL,
      "Cameras that Janus is connected to for us.", write_mountpoints },
    { "cctv_view_answer_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time from the start of a view to its accepted answer.", write_answers },
    { "cctv_camera_failures", CCTV_FAMILY_COUNTER, NULL,
      "Attempts to show a camera that failed, and cameras that began to fail.",
      write_failures },
    { .name = NULL }
};

static const cctv_route_t routes[] = {
    { "view-answer", cctv_view_answer_handler, M_POST, CCTV_NEEDS_JANUS,
      false },
    { "ice-servers", cctv_ice_servers_handler, M_GET, CCTV_NEEDS_JANUS,
      false },
    { "janus-events", cctv_janus_events_handler, M_INVALID,
      CCTV_NEEDS_JANUS | CCTV_NEEDS_OWN_PAGE, false },
    { .name = NULL }
};

static const cctv_task_t tasks[] = { { .name = "keeper",
                                       .interval = CCTV_KEEPER_INTERVAL,
                                       .run = cctv_keeper_task,
                                       .stop = cctv_keeper_task_stop,
                                       .has_thread = true },
                                     { .name = NULL } };

static const cctv_view_visitor_t visitors[] = {
    { .begin = cctv_keeper_begin_walk,
      .visit = cctv_keeper_visit,
      .end = cctv_keeper_end_walk },
    { .begin = cctv_keeper_has_no_janus,
      .visit = cctv_keeper_end_without_janus },
    { .visit = NULL }
};

const cctv_part_t cctv_video_part = {
    .name = "video",
    .region = &cctv_video_region,
    .memory_opened = memory_opened,
    .post_config = cctv_video_post_config,
    .child_init = cctv_video_child_init,
    .settings = &cctv_video_settings_group,
    .routes = routes,
    .tasks = tasks,
    .visitors = visitors,
    .families = families,
};
