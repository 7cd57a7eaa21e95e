/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "metrics/exposition.h"
#include "views/agent.h"
#include "views/views.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW     INT64_C(1000000000)
#define STARTED INT64_C(1700000000250000)
#define TODAY   20000

#define MAX_SESSIONS 64
#define MAX_TEXT     (1 << 20)

static void *memory;
static size_t memory_size;
static cctv_shared_t shared;

static char received[MAX_TEXT];
static size_t received_len;
static int calls;
static int calls_wanted;

/* In memory that a child of fork() shares, too. */
static void start(uint32_t max_sessions, uint32_t max_series)
{
    memory_size = cctv_segment_size(max_sessions, max_series);
    memory = mmap(NULL, memory_size, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    ck_assert(cctv_segment_init(memory, max_sessions, max_series, STARTED));
    cctv_segment_open(&shared, memory);
    calls_wanted = MAX_TEXT;
}

static void stop(void)
{
    munmap(memory, memory_size);
}

static bool receive(void *context, const char *data, size_t len)
{
    (void)context;
    calls++;
    ck_assert_uint_lt(received_len + len, MAX_TEXT);
    memcpy(received + received_len, data, len);
    received_len += len;
    return calls < calls_wanted;
}

static bool write_with(const cctv_exposition_t *input, size_t buffer_size)
{
    char *buffer = malloc(buffer_size);
    uint32_t *live = malloc(shared.sessions.max * sizeof *live);
    cctv_exposition_t filled = *input;
    cctv_output_t text;
    bool result;

    filled.shared = &shared;
    filled.now = NOW;
    filled.live = live;
    received_len = 0;
    calls = 0;
    cctv_output_init(&text, buffer, buffer_size, receive, NULL);
    result = cctv_exposition_write(&text, &filled);
    if (result) {
        receive(NULL, text.data, text.len);
    }
    received[received_len] = '\0';
    free(live);
    free(buffer);
    return result;
}

static const cctv_exposition_t plain = { .is_db_up = true,
                                         .has_video = true,
                                         .geoip_built = 1699000000,
                                         .version = "1.2.3" };
static const cctv_exposition_t openmetrics = { .is_openmetrics = true,
                                               .is_db_up = true,
                                               .has_video = true,
                                               .geoip_built = 1699000000,
                                               .version = "1.2.3" };

static const cctv_viewer_t german = { .camera = 42,
                                      .country = 1 + 3 * 26 + 4,
                                      .browser = CCTV_BROWSER_CHROME,
                                      .os = CCTV_OS_LINUX,
                                      .timeout = 30000 };
static const cctv_viewer_t unknown = { .camera = 7, .timeout = 30000 };

static cctv_session_t view(const cctv_viewer_t *viewer, cctv_time_t now)
{
    const cctv_moment_t moment = { .time = now, .day = TODAY };
    cctv_session_t session;

    ck_assert_int_eq(cctv_view_start(&shared, viewer, moment, &session),
                     CCTV_VIEW_STARTED);
    return session;
}

static void end(const cctv_session_t *session, cctv_time_t now)
{
    const cctv_moment_t moment = { .time = now, .day = TODAY };

    ck_assert(cctv_view_end(&shared, session, CCTV_ENDED_ENDED, moment));
}

/* Three views of camera 42, two of which go on; one of camera 7 that has
 * ended, another one that has no room for its labels. */
static void some_of_everything(void)
{
    cctv_counters_t *counters = &shared.head->counters;
    cctv_session_t session;

    session = view(&german, NOW - 20000000);
    end(&session, NOW - 7654321);
    session = view(&unknown, NOW - 7000000);
    end(&session, NOW - 5000000);
    view(&german, NOW - 1000000);
    view(&german, NOW);
    view(&(cctv_viewer_t){ .camera = 8, .timeout = 30000 }, NOW);

    cctv_count(&counters->refused[CCTV_REFUSED_FULL]);
    cctv_count(&counters->db_errors[CCTV_DB_ERROR_BUSY]);
    cctv_histogram_observe(&counters->db, 250);
    cctv_histogram_observe(&counters->db, 251);
    cctv_histogram_observe(&counters->db, 20000000);
    cctv_histogram_observe(
        &counters->http[CCTV_HANDLER_VIEW_START][CCTV_CODE_4XX], 1500);
    cctv_count(&counters->janus_errors[CCTV_JANUS_ERROR_TIMEOUT]);
    cctv_histogram_observe(&counters->janus, 2000);
    cctv_histogram_observe(&counters->answers, 300000);
    shared.head->janus.mountpoints = 2;
    shared.head->cameras[CCTV_CAMERA_ONLINE] = 5;
    shared.head->cameras[CCTV_CAMERA_UNKNOWN] = 1;
    shared.head->cameras_known = 1;
}

#define QUERY "\ncctv_db_query_duration_seconds_bucket{le="

static void check(const char *path)
{
    static char expected[MAX_TEXT];
    FILE *file = fopen(path, "r");
    size_t len;
    size_t same;

    ck_assert_ptr_nonnull(file);
    len = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[len] = '\0';
    for (same = 0; same < len && received[same] == expected[same]; same++) {
    }
    ck_assert_msg(len == received_len && same == len, "%s, byte %zu: %.99s",
                  path, same, received + same);
}

START_TEST(the_older_format)
{
    start(MAX_SESSIONS, 4);
    some_of_everything();
    ck_assert(write_with(&plain, 65536));
    check("t/data/metrics.txt");
    stop();
}
END_TEST

START_TEST(openmetrics_format)
{
    start(MAX_SESSIONS, 4);
    some_of_everything();
    ck_assert(write_with(&openmetrics, 65536));
    check("t/data/openmetrics.txt");
    stop();
}
END_TEST

static bool has(const char *text)
{
    return strstr(received, text) != NULL;
}

START_TEST(what_is_not_known_has_no_samples)
{
    start(MAX_SESSIONS, 4);
    ck_assert(write_with(&(cctv_exposition_t){ .version = "1" }, 65536));
    ck_assert(has("# TYPE cctv_cameras gauge\n# HELP"));
    ck_assert(has("# TYPE cctv_http_request_duration_seconds histogram\n"
                  "# HELP"));
    ck_assert(has("# TYPE cctv_geoip_build_timestamp_seconds gauge\n# HELP"));
    ck_assert(has("# TYPE webrtc_view_start_total counter\n# HELP"));
    ck_assert(has("\ncctv_db_query_duration_seconds_count 0\n"));
    ck_assert(has("\ncctv_db_up 0\n"));
    ck_assert(has("\ncctv_series 0\n"));
    stop();
}
END_TEST

START_TEST(a_view_that_is_over_is_not_shown)
{
    start(MAX_SESSIONS, 4);
    view(&german, NOW - 30000001);
    ck_assert(write_with(&plain, 65536));
    ck_assert(has("\nwebrtc_viewers_gauge{camera_id=\"42\",country=\"DE\"} "
                  "0\n"));
    ck_assert(has("\ncctv_sessions 0\n"));
    stop();
}
END_TEST

START_TEST(the_size_of_the_buffer_does_not_matter)
{
    static char expected[MAX_TEXT];
    size_t size;

    start(MAX_SESSIONS, 4);
    some_of_everything();
    write_with(&openmetrics, 65536);
    ck_assert_int_eq(calls, 1);
    strcpy(expected, received);
    for (size = CCTV_OUTPUT_LINE; size < 2 * CCTV_OUTPUT_LINE; size++) {
        ck_assert(write_with(&openmetrics, size));
        ck_assert_int_gt(calls, 10);
        ck_assert_str_eq(received, expected);
    }
    stop();
}
END_TEST

START_TEST(it_stops_when_the_receiver_has_enough)
{
    int enough;

    start(MAX_SESSIONS, 4);
    some_of_everything();
    for (enough = 1; enough < 20; enough++) {
        calls_wanted = enough;
        ck_assert(!write_with(&openmetrics, CCTV_OUTPUT_LINE));
        ck_assert_int_eq(calls, enough);
    }
    stop();
}
END_TEST

/* The sum of the samples of a series, and how many there are. */
static unsigned long long sum_of(const char *name, int *count)
{
    const char *at = received;
    unsigned long long sum = 0;

    *count = 0;
    while ((at = strstr(at, name)) != NULL) {
        at = strstr(at, "} ") + 2;
        sum += strtoull(at, NULL, 10);
        (*count)++;
    }
    return sum;
}

START_TEST(viewers_are_counted_by_camera)
{
    enum {
        CAMERAS = 40,
        VIEWS = 3000
    };
    int viewers[CAMERAS + 1] = { 0 };
    char line[128];
    int count;
    int i;

    start(VIEWS, 100);
    for (i = 0; i < VIEWS; i++) {
        cctv_viewer_t viewer = german;

        viewer.camera = 1 + i * i % CAMERAS;
        viewers[viewer.camera]++;
        view(&viewer, NOW);
    }
    ck_assert(write_with(&plain, 65536));
    for (i = 1; i <= CAMERAS; i++) {
        if (viewers[i] > 0) {
            snprintf(line, sizeof line,
                     "\nwebrtc_viewers_gauge{camera_id=\"%d\",country=\"DE\"} "
                     "%d\n",
                     i, viewers[i]);
            ck_assert_msg(has(line), "%s", line);
        }
    }
    ck_assert_uint_eq(sum_of("\nwebrtc_viewers_gauge{", &count), VIEWS);
    ck_assert_uint_eq(sum_of("\nwebrtc_view_start_total{", &count), VIEWS);
    stop();
}
END_TEST

START_TEST(each_label_set_is_one_line)
{
    int starts;
    int viewers;
    int seconds;
    char line[32];
    int i;

    start(MAX_SESSIONS, 2000);
    for (i = 0; i < 1000; i++) {
        cctv_session_t session;
        cctv_viewer_t viewer = { .camera = 1 + i % 50,
                                 .country = (uint16_t)(i % 7),
                                 .browser = (uint8_t)(i % 3),
                                 .timeout = 30000 };

        session = view(&viewer, (2 * i + 1) * INT64_C(1000000));
        end(&session, (2 * i + 2) * INT64_C(1000000));
    }
    ck_assert(write_with(&plain, 65536));
    ck_assert_uint_eq(sum_of("\nwebrtc_view_start_total{", &starts), 1000);
    ck_assert_uint_eq(sum_of("\nwebrtc_view_seconds_total{", &seconds), 1000);
    ck_assert_uint_eq(sum_of("\nwebrtc_viewers_gauge{", &viewers), 0);
    ck_assert_int_eq(starts, 1000);
    ck_assert_int_eq(viewers, 50 * 7);
    ck_assert_int_eq(seconds, viewers);
    snprintf(line, sizeof line, "\ncctv_series %d\n", starts + viewers);
    ck_assert(has(line));
    stop();
}
END_TEST

static unsigned long long number_behind(const char *text)
{
    const char *at = strstr(received, text);

    ck_assert_ptr_nonnull(at);
    return strtoull(at + strlen(text), NULL, 10);
}

START_TEST(a_histogram_agrees_with_itself_while_others_count)
{
    unsigned long long before = 0;
    pid_t child;
    int i;

    start(MAX_SESSIONS, 4);
    child = fork();
    if (child == 0) {
        for (;;) {
            for (i = 0; i < 20000000; i = i * 3 + 1) {
                cctv_histogram_observe(&shared.head->counters.db, i);
            }
        }
    }
    for (i = 0; i < 1000; i++) {
        unsigned long long count;

        write_with(&plain, 65536);
        count = number_behind("\ncctv_db_query_duration_seconds_count ");
        ck_assert_uint_eq(number_behind(QUERY "\"+Inf\"} "), count);
        ck_assert_uint_ge(count, before);
        before = count;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_uint_gt(before, 0);
    stop();
}
END_TEST

TCase *exposition_tests(void)
{
    TCase *tcase = tcase_create("exposition");

    tcase_add_test(tcase, the_older_format);
    tcase_add_test(tcase, openmetrics_format);
    tcase_add_test(tcase, what_is_not_known_has_no_samples);
    tcase_add_test(tcase, a_view_that_is_over_is_not_shown);
    tcase_add_test(tcase, the_size_of_the_buffer_does_not_matter);
    tcase_add_test(tcase, it_stops_when_the_receiver_has_enough);
    tcase_add_test(tcase, viewers_are_counted_by_camera);
    tcase_add_test(tcase, each_label_set_is_one_line);
    tcase_add_test(tcase, a_histogram_agrees_with_itself_while_others_count);
    return tcase;
}
