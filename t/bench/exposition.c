/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file exposition.c
 * @brief How fast the metrics become text, without httpd.
 *
 *   exposition STATE_FILE MAX_SESSIONS MAX_SERIES ROUNDS
 *
 * Takes a state file and writes its metrics to where nobody reads them. Says
 * in a line of JSON how many bytes they are, and the seconds of processor
 * time of each round.
 */
#include "metrics/exposition.h"
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

static cctv_shared_t load(const char *path, uint32_t max_sessions,
                          uint32_t max_series)
{
    void *memory = allocate(cctv_segment_size(max_sessions, max_series));
    const cctv_state_time_t time = { .now = cctv_now(), .day = cctv_today() };
    const cctv_state_filter_t filter = { .count = 0 };
    cctv_state_report_t report;
    cctv_shared_t shared;

    if (!cctv_segment_init(memory, max_sessions, max_series, 0)) {
        die("no random numbers");
    }
    cctv_segment_open(&shared, memory);
    if (cctv_state_load(&shared, path, &time, &filter, &report)
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

static size_t write_once(const cctv_exposition_t *input)
{
    static char buffer[BUFFER_SIZE];
    cctv_output_t text;
    size_t bytes = 0;

    cctv_output_init(&text, buffer, sizeof buffer, discard, &bytes);
    cctv_exposition_write(&text, input);
    cctv_output_flush(&text);
    return bytes;
}

int main(int argc, char **argv)
{
    cctv_exposition_t input = { .is_db_up = true, .version = "bench" };
    cctv_shared_t shared;
    int round, rounds;

    if (argc != 5) {
        die("STATE_FILE MAX_SESSIONS MAX_SERIES ROUNDS");
    }
    shared = load(argv[1], (uint32_t)strtoul(argv[2], NULL, 10),
                  (uint32_t)strtoul(argv[3], NULL, 10));
    input.shared = &shared;
    input.now = cctv_now();
    input.live = allocate(shared.sessions.max * sizeof *input.live);
    rounds = atoi(argv[4]);
    /* The first one also finds the pages. */
    printf("{\"bytes\": %zu, \"seconds\": [", write_once(&input));
    for (round = 0; round < rounds; round++) {
        double started = processor_time();

        write_once(&input);
        printf("%s%.9f", round == 0 ? "" : ", ", processor_time() - started);
    }
    puts("]}");
    free(input.live);
    free(shared.head);
    return 0;
}
