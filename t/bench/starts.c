/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file starts.c
 * @brief The cost of the start and the end of a view with all three limits
 *        set, with this many live views.
 *
 *   starts MAX_SESSIONS LIVE ROUNDS
 *
 * Prints the nanoseconds of a start and an end, the best of 5 turns.
 */
#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CAMERAS    10000
#define SERIES     100000
#define TIMEOUT_MS 3600000
#define TURNS      5
#define NO_LIMIT   1000000

static void die(const char *what)
{
    fprintf(stderr, "starts: %s\n", what);
    exit(1);
}

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

static cctv_segment_t segment;

static cctv_views_t make_segment(uint32_t max_sessions)
{
    cctv_views_t shared;
    void *memory;

    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_views_region, max_sessions);
    cctv_segment_add(&segment, &cctv_series_region, SERIES);
    cctv_segment_add(&segment, &cctv_created_region, SERIES);
    memory = aligned_alloc(64, cctv_segment_size(&segment));
    if (memory == NULL) {
        die("no memory");
    }
    memset(memory, 0, cctv_segment_size(&segment));
    if (!cctv_segment_init(&segment, memory, 0)) {
        die("no random numbers");
    }
    cctv_views_open(&shared, &segment);
    return shared;
}

static cctv_view_t start_view(cctv_views_t *shared, cctv_moment_t now,
                              uint32_t i)
{
    const cctv_viewer_t viewer = { .camera = (int32_t)(i % CAMERAS) + 1,
                                   .timeout = TIMEOUT_MS,
                                   .client = 1 + i % 50000,
                                   .transport = CCTV_TRANSPORT_PROXY,
                                   .max_per_client = NO_LIMIT,
                                   .max_viewers = NO_LIMIT,
                                   .max_per_camera = NO_LIMIT };
    cctv_view_t view;

    if (cctv_view_reserve(shared, &viewer, now, &view) != CCTV_VIEW_STARTED
        || !cctv_view_publish(shared, &viewer, now, &view)) {
        die("a view was refused");
    }
    return view;
}

static double turn(cctv_views_t *shared, cctv_moment_t now, uint32_t rounds)
{
    struct timespec from;
    struct timespec to;
    uint32_t i;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (i = 0; i < rounds; i++) {
        cctv_view_t view = start_view(shared, now, i);

        if (!cctv_view_end(shared, &view, CCTV_ENDED_ENDED, now)) {
            die("a view did not end");
        }
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return ((double)(to.tv_sec - from.tv_sec) * 1e9
            + (double)(to.tv_nsec - from.tv_nsec))
           / rounds;
}

int main(int argc, char **argv)
{
    cctv_moment_t now = { .time = cctv_now(), .day = cctv_today() };
    cctv_views_t shared;
    double best = 0;
    uint32_t live;
    uint32_t i;

    if (argc != 4) {
        die("MAX_SESSIONS LIVE ROUNDS");
    }
    shared = make_segment(number(argv[1]));
    live = number(argv[2]);
    for (i = 0; i < live; i++) {
        start_view(&shared, now, i);
    }
    for (i = 0; i < TURNS; i++) {
        double ns = turn(&shared, now, number(argv[3]));

        best = best == 0 || ns < best ? ns : best;
    }
    printf("%.1f\n", best);
    free(segment.head);
    return 0;
}
