/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file exposition.c
 * @brief Measures how fast the metrics become text, without httpd.
 *
 *   exposition STATE_FILE MAX_SESSIONS MAX_SERIES ROUNDS
 *
 * Loads a state file, writes its metrics and discards the text. Prints a line
 * of JSON with the number of bytes and the processor time of each round in
 * seconds.
 */
#include "views/families.h"
#include "memory/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BUFFER_SIZE 65536

static void die(const char *what)
{
    fprintf(stderr, "exposition: %s\n", what);
    exit(1);
}

static void *allocate(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);

    if (memory == NULL) {
        die("no memory");
    }
    memset(memory, 0, size);
    return memory;
}

static cctv_segment_t segment;

static cctv_views_t load(const char *path, uint32_t max_sessions,
                         uint32_t max_series)
{
    const cctv_state_time_t time = { .now = cctv_now(), .day = cctv_today() };
    cctv_state_report_t report;
    cctv_views_t shared;

    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_views_region, max_sessions);
    cctv_segment_add(&segment, &cctv_series_region, max_series);
    cctv_segment_add(&segment, &cctv_created_region, max_series);
    if (!cctv_segment_init(&segment, allocate(cctv_segment_size(&segment)),
                           0)) {
        die("no random numbers");
    }
    cctv_views_open(&shared, &segment);
    if (cctv_state_load(&segment, path, &time, false, &report)
        != CCTV_STATE_OK) {
        die(path);
    }
    return shared;
}

static bool discard(void *context, const char *data, size_t len)
{
    size_t *bytes = context;

    (void)data;
    *bytes += len;
    return true;
}

static double processor_time(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static size_t write_once(cctv_views_t *shared)
{
    static char buffer[BUFFER_SIZE];
    cctv_output_t text;
    cctv_scrape_t scrape = { .out = &text };
    size_t bytes = 0;

    cctv_output_init(&text, buffer, sizeof buffer, discard, &bytes);
    scrape.context = cctv_views_scrape_make(
        &text, shared,
        (cctv_moment_t){ .time = cctv_now(), .day = cctv_today() });
    if (scrape.context == NULL) {
        die("no memory");
    }
    cctv_families_write(&scrape, cctv_views_families);
    cctv_families_end(&scrape);
    cctv_output_flush(&text);
    free(scrape.context);
    return bytes;
}

int main(int argc, char **argv)
{
    cctv_views_t shared;
    int round, rounds;

    if (argc != 5) {
        die("STATE_FILE MAX_SESSIONS MAX_SERIES ROUNDS");
    }
    shared = load(argv[1], (uint32_t)strtoul(argv[2], NULL, 10),
                  (uint32_t)strtoul(argv[3], NULL, 10));
    rounds = atoi(argv[4]);
    /* The first round also warms up the pages. */
    printf("{\"bytes\": %zu, \"seconds\": [", write_once(&shared));
    for (round = 0; round < rounds; round++) {
        double started = processor_time();

        write_once(&shared);
        printf("%s%.9f", round == 0 ? "" : ", ", processor_time() - started);
    }
    puts("]}");
    free(segment.head);
    return 0;
}
