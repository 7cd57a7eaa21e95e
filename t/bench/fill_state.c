/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fill_state.c
 * @brief Makes a state file with this many views and series.
 *
 *   fill_state FILE MAX_SESSIONS SESSIONS SERIES [CAMERAS] >ids
 *
 * The views last for an hour without a heartbeat; the program prints their
 * ids, one on each line. The file has at least the series of the views. Of
 * four further series, three count starts and one counts the time watched of
 * the same camera and country. A camera has viewers from five countries. The
 * file CAMERAS has the ids of the watched cameras, whose role is "traffic": a
 * view of a camera with another role would be ended.
 */
#include "memory/state.h"
#include "views/agent.h"
#include "views/view_id.h"
#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS  3600000
#define INTERVAL_US 15000000

#define CAMERAS   100000 /* of the views */
#define ROLE      "traffic"
#define COUNTRIES 5
#define STARTS    3

#define MOST_STARTS  100000
#define MOST_WATCHED UINT64_C(1000000000000) /* µs: 11 days */

static void die(const char *what)
{
    fprintf(stderr, "fill_state: %s\n", what);
    exit(1);
}

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

/* A pseudo-random amount from 1 to `most`; small ones are more frequent, as
 * in real counters. */
static uint64_t amount(uint64_t most)
{
    static uint64_t state = 42;
    uint64_t scale = most;

    state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    scale >>= state >> 60;
    return scale < 2 ? 1 : (state >> 20) % scale + 1;
}

static cctv_segment_t segment;

static cctv_views_t make_segment(uint32_t max_sessions, uint32_t max_series)
{
    void *memory;
    size_t size;
    cctv_views_t shared;

    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_views_region, max_sessions);
    cctv_segment_add(&segment, &cctv_series_region, max_series);
    cctv_segment_add(&segment, &cctv_created_region, max_series);
    size = cctv_segment_size(&segment);
    memory = aligned_alloc(64, size);
    if (memory == NULL) {
        die("no memory");
    }
    memset(memory, 0, size);
    if (!cctv_segment_init(&segment, memory,
                           (int64_t)cctv_today() * 86400 * 1000000)) {
        die("no random numbers");
    }
    cctv_views_open(&shared, &segment);
    return shared;
}

/* Add the i-th series that no view uses. */
static void add_series(cctv_views_t *shared, uint32_t i)
{
    uint32_t pair = i / (STARTS + 1);
    uint32_t turn = i % (STARTS + 1);
    bool is_start = turn < STARTS;
    /* "other" is among them, because a load keeps the label sets of such a
     * camera and country apart; see cctv_series_take(). */
    static const uint8_t browsers[STARTS] = { CCTV_BROWSER_OTHER,
                                              CCTV_BROWSER_SAFARI,
                                              CCTV_BROWSER_FIREFOX };
    static const uint8_t oses[STARTS] = { CCTV_OS_OTHER, CCTV_OS_MACOS,
                                          CCTV_OS_LINUX };
    const cctv_labels_t labels = {
        .kind = is_start ? CCTV_SERIES_STARTS : CCTV_SERIES_WATCHED,
        .camera = (int32_t)(pair / COUNTRIES) + 1,
        .country = (uint16_t)(1 + pair % COUNTRIES * 100),
        .browser = is_start ? browsers[turn] : 0,
        .os = is_start ? oses[turn] : 0,
    };

    cctv_series_add(
        &shared->series, cctv_series_cell(&shared->series, &labels),
        amount(is_start ? MOST_STARTS : MOST_WATCHED), cctv_today());
}

/* The next id of the file, which begins again at its end. */
static int32_t next_camera(FILE *cameras, uint32_t i)
{
    int32_t id;

    if (cameras == NULL) {
        return (int32_t)(i % CAMERAS) + 1;
    }
    if (fscanf(cameras, "%d", &id) != 1) {
        rewind(cameras);
        if (fscanf(cameras, "%d", &id) != 1) {
            die("there are no cameras");
        }
    }
    return id;
}

static void add_sessions(cctv_views_t *shared, uint32_t count, FILE *cameras)
{
    const uint64_t role = cctv_segment_keyed_hash(&segment, ROLE,
                                                  sizeof ROLE - 1);
    cctv_moment_t now = { .time = cctv_now(), .day = cctv_today() };
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < count; i++) {
        const cctv_viewer_t viewer = { .camera = next_camera(cameras, i),
                                       .timeout = TIMEOUT_MS,
                                       .role = role };

        if (cctv_view_reserve(shared, &viewer, now, &view) != CCTV_VIEW_STARTED
            || !cctv_view_publish(shared, &viewer, now, &view)) {
            die("the table of sessions is full");
        }
        cctv_view_id(&view, id);
        puts(id);
    }
}

static FILE *open_cameras(const char *path)
{
    FILE *cameras = fopen(path, "r");

    if (cameras == NULL) {
        die(path);
    }
    return cameras;
}

int main(int argc, char **argv)
{
    cctv_state_time_t time = { .interval = INTERVAL_US };
    cctv_views_t shared;
    uint32_t table, series, i;

    if (argc != 5 && argc != 6) {
        die("FILE MAX_SESSIONS SESSIONS SERIES [CAMERAS] >ids");
    }
    table = number(argv[3]);
    series = number(argv[4]);
    /* Each view may have two series of its own, and only half of the table is
     * for browsers and systems. */
    shared = make_segment(number(argv[2]), 2 * (series + 2 * table + 1));
    add_sessions(&shared, table, argc == 6 ? open_cameras(argv[5]) : NULL);
    for (i = 0; cctv_counted(&shared.series.head->used) < series; i++) {
        add_series(&shared, i);
    }
    time.now = cctv_now();
    time.day = cctv_today();
    if (cctv_state_save(&segment, argv[1], true, &time) != CCTV_STATE_OK) {
        die(argv[1]);
    }
    free(segment.head);
    return 0;
}
