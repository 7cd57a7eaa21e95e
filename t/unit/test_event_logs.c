/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of events, and how they get into the event logs. */
#include "t_common.h"

#include "core/clock.h"
#include "events/chain.h"
#include "events/line.h"
#include "events/writer.h"

#include "apr_strings.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The wall clock: µs since 1970. */
#define WALL INT64_C(1795335787000000)

static uint32_t told_stuck;
static uint64_t told_missing;

static void note_stuck(uint32_t number, uint64_t missing, int error)
{
    (void)number;
    (void)missing;
    (void)error;
    told_stuck++;
}

static void note_goes_on(uint32_t number, uint64_t missing)
{
    (void)number;
    told_missing = missing;
}

static cctv_events_t *make_events(void)
{
    cctv_events_t *events = mmap(NULL, sizeof *events, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(events, MAP_FAILED);
    told_stuck = 0;
    told_missing = 0;
    return events;
}

/* A writer to these descriptors, all logs of a new configuration. */
static cctv_writer_t make_writer(cctv_events_t *events, const int *fds,
                                 uint32_t count)
{
    cctv_writer_t writer = { .events = events,
                             .count = count,
                             .node = "node",
                             .tell_stuck = note_stuck,
                             .tell_goes_on = note_goes_on };
    uint64_t names[CCTV_LOGS_MAX];
    uint32_t i;

    for (i = 0; i < count; i++) {
        names[i] = i + 1;
        ck_assert(cctv_log_target_open(&writer.targets[i], fds[i]));
    }
    cctv_writer_set_logs(events, names, count);
    return writer;
}

static bool step(cctv_writer_t *writer)
{
    return cctv_writer_step(writer, cctv_now(), WALL);
}

static void put(cctv_events_t *events, int32_t camera)
{
    const cctv_log_event_t event = { .kind = CCTV_EVENT_REFUSED,
                                     .time = WALL,
                                     .camera = camera,
                                     .reason = "client" };

    cctv_events_put(events, &event, 0);
}

static int make_file(void)
{
    int fd = memfd_create("log", 0);

    ck_assert_int_ge(fd, 0);
    /* As O_APPEND does. */
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_APPEND), 0);
    return fd;
}

/* All that a file has, or that waits in a pipe; NUL-terminated. */
static char *content(int fd)
{
    static char text[1 << 24];
    size_t len = 0;
    ssize_t n;

    lseek(fd, 0, SEEK_SET);
    while ((n = read(fd, text + len, sizeof text - 1 - len)) > 0) {
        len += (size_t)n;
    }
    text[len] = '\0';
    return text;
}

static int count_of(const char *text, const char *word)
{
    int count = 0;

    while ((text = strstr(text, word)) != NULL) {
        text++;
        count++;
    }
    return count;
}

/* Check that the cameras 1 to `last` are each in one line, in this order. */
static void assert_each_once(char *text, int last)
{
    char *line;
    char *rest = NULL;
    int camera = 1;

    for (line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *member = strstr(line, "\"camera\":");

        ck_assert_ptr_nonnull(member);
        ck_assert_int_eq(line[strlen(line) - 1], '}');
        ck_assert_int_eq(atoi(member + 9), camera);
        camera++;
    }
    ck_assert_int_eq(camera - 1, last);
}

START_TEST(events_get_into_all_logs_in_their_order)
{
    cctv_events_t *events = make_events();
    int pipes[2];
    int fds[2] = { make_file() };
    cctv_writer_t writer;
    int i;

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    fds[1] = pipes[1];
    writer = make_writer(events, fds, 2);
    for (i = 1; i <= 100; i++) {
        put(events, i);
    }
    ck_assert(step(&writer));
    assert_each_once(content(fds[0]), 100);
    assert_each_once(content(pipes[0]), 100);
    ck_assert_uint_eq(cctv_counted(&events->counters.written), 200);
    ck_assert_uint_eq(cctv_queue_length(&events->queue), 0);
    ck_assert(step(&writer));
    assert_each_once(content(fds[0]), 100);
}
END_TEST

START_TEST(without_a_log_nothing_is_kept)
{
    cctv_events_t *events = make_events();

    put(events, 1);
    ck_assert_uint_eq(cctv_queue_length(&events->queue), 0);
    ck_assert_uint_eq(cctv_counted(&events->counters.dropped), 0);
}
END_TEST

static void assert_line(const cctv_log_event_t *event, const char *expected)
{
    const cctv_line_frame_t frame = { .node = "n\"1" };
    char line[CCTV_LINE_SIZE];
    size_t len = cctv_line_write(event, &frame, line);

    ck_assert_str_eq(apr_pstrmemdup(pool, line, len), expected);
}

START_TEST(a_line_tells_what_is_known)
{
    cctv_log_event_t event = {
        .kind = CCTV_EVENT_END,
        .time = WALL + 65432100,
        .started = WALL,
        .watched = 61000001,
        .first_picture = 812,
        .view = { 0x0123456789abcdef, 0xfedc, 0 },
        .camera = 42,
        .country = 1,
        .is_answered = 1,
        .transport = 1,
        .browser = 3,
        .os = 3,
        .client = { CCTV_CLIENT_ADDRESS, 4, { 192, 0, 2 } },
        .reason = "ended",
        .role = "traffic"
    };

    cctv_event_set(event.user, sizeof event.user, "Zo\xc3\xab\n\xff");
    assert_line(&event,
                "{\"time\":\"2026-11-22T08:24:12.432Z\",\"event\":\"end\","
                "\"view\":\"0123456789abcdef0000fedc\",\"camera\":42,"
                "\"role\":\"traffic\","
                "\"start\":\"2026-11-22T08:23:07.000Z\","
                "\"end\":\"2026-11-22T08:24:12.432Z\","
                "\"watched_seconds\":61.000001,"
                "\"first_picture_seconds\":0.812,\"answered\":true,"
                "\"country\":\"AA\",\"browser\":\"chrome\","
                "\"system\":\"windows\",\"transport\":\"server\","
                "\"reason\":\"ended\",\"user\":\"Zo\xc3\xab\\n\xef\xbf\xbd\","
                "\"client\":\"192.0.2.0\",\"node\":\"n\\\"1\"}\n");
    event = (cctv_log_event_t){ .kind = CCTV_EVENT_ACTION,
                                .time = WALL,
                                .action = "kick",
                                .user = "anna",
                                .target = "camera 42",
                                .why = "too long" };
    assert_line(&event, "{\"time\":\"2026-11-22T08:23:07.000Z\","
                        "\"event\":\"action\",\"action\":\"kick\","
                        "\"target\":\"camera 42\",\"reason\":\"too long\","
                        "\"user\":\"anna\",\"node\":\"n\\\"1\"}\n");
}
END_TEST

START_TEST(the_longest_line_fits)
{
    cctv_log_event_t event;
    const cctv_line_frame_t frame = {
        .node = apr_psprintf(pool, "%0300d", 1),
        .number = UINT64_MAX,
        .chain = "0123456789012345678901",
    };
    char line[CCTV_LINE_SIZE + 1];
    size_t len;

    memset(&event, 1, sizeof event);
    memset(event.reason, 0, sizeof event.reason);
    memset(event.action, 0, sizeof event.action);
    event.kind = CCTV_EVENT_END;
    event.client.kind = CCTV_CLIENT_ADDRESS;
    event.client.len = 16;
    event.watched = INT64_MAX;
    event.first_picture = INT64_MAX;
    event.time = WALL;
    event.started = WALL;
    len = cctv_line_write(&event, &frame, line);
    ck_assert_uint_gt(len, 6 * 250);
    ck_assert_uint_le(len, CCTV_LINE_SIZE);
    ck_assert_int_eq(line[len - 1], '\n');
}
END_TEST

START_TEST(a_text_is_cut_between_two_characters)
{
    char text[4] = "xxx";

    cctv_event_set(text, sizeof text, "a\xc3\xab");
    ck_assert_str_eq(text, "a\xc3\xab");
    cctv_event_set(text, sizeof text, "ab\xc3\xab");
    ck_assert_str_eq(text, "ab");
    cctv_event_set(text, sizeof text, NULL);
    ck_assert_str_eq(text, "");
}
END_TEST

/* ---- Owners ---- */

START_TEST(a_claim_of_a_dead_process_is_skipped)
{
    cctv_events_t *events = make_events();
    int fd = make_file();
    cctv_writer_t writer = make_writer(events, &fd, 1);
    uint64_t position;
    pid_t pid = fork();

    if (pid == 0) {
        cctv_queue_claim(&events->queue, cctv_owner_process(getpid()), 0,
                         &position);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    put(events, 1);
    ck_assert(step(&writer));
    assert_each_once(content(fd), 1);
    ck_assert_uint_eq(cctv_queue_length(&events->queue), 0);
}
END_TEST

/* The order of events stays, and a late owner gets nothing into a position
 * that was given up. */
START_TEST(a_claim_of_a_process_that_lives_is_waited_for)
{
    cctv_events_t *events = make_events();
    int fd = make_file();
    cctv_writer_t writer = make_writer(events, &fd, 1);
    cctv_owner_t owner = cctv_owner_process(getpid());
    const cctv_log_event_t event = { .kind = CCTV_EVENT_REFUSED, .camera = 1 };
    uint64_t position;
    cctv_time_t now = 1000000;

    ck_assert(cctv_queue_claim(&events->queue, owner, 0, &position));
    put(events, 2);
    cctv_writer_step(&writer, now, WALL);
    ck_assert_str_eq(content(fd), "");
    ck_assert(cctv_queue_publish(&events->queue, position, owner, &event));
    cctv_writer_step(&writer, now, WALL);
    assert_each_once(content(fd), 2);

    ck_assert(cctv_queue_claim(&events->queue, owner, 0, &position));
    put(events, 3);
    cctv_writer_step(&writer, now, WALL);
    cctv_writer_step(&writer, now + CCTV_OWNER_PATIENCE, WALL);
    assert_each_once(content(fd), 3);
    ck_assert(!cctv_queue_publish(&events->queue, position, owner, &event));
}
END_TEST

static bool slot_7(uint32_t slot)
{
    return slot == 7;
}

START_TEST(what_a_slot_owns_is_found_again_and_filled_once)
{
    cctv_events_t *events = make_events();
    int fd = make_file();
    cctv_writer_t writer = make_writer(events, &fd, 1);
    const cctv_log_event_t event = { .kind = CCTV_EVENT_REFUSED, .camera = 1 };
    uint64_t position;
    uint64_t found;

    writer.is_recovered = slot_7;
    ck_assert(
        cctv_queue_claim(&events->queue, cctv_owner_slot(7), 0, &position));
    ck_assert(!cctv_queue_find(&events->queue, cctv_owner_slot(8), &found));
    ck_assert(cctv_queue_find(&events->queue, cctv_owner_slot(7), &found));
    ck_assert_uint_eq(found, position);
    step(&writer);
    cctv_writer_step(&writer, cctv_now() + 2 * CCTV_OWNER_PATIENCE, WALL);
    ck_assert(cctv_queue_publish(&events->queue, position, cctv_owner_slot(7),
                                 &event));
    ck_assert(!cctv_queue_publish(&events->queue, position, cctv_owner_slot(7),
                                  &event));
    ck_assert(!cctv_queue_find(&events->queue, cctv_owner_slot(7), &found));
    step(&writer);
    assert_each_once(content(fd), 1);
}
END_TEST

/* ---- Logs that take nothing ---- */

/* More than the queue holds, with a step of the writer now and then. */
static void put_many(cctv_events_t *events, cctv_writer_t *writer, int count)
{
    int i;

    for (i = 1; i <= count; i++) {
        put(events, i);
        if (i % 100 == 0) {
            step(writer);
        }
    }
    step(writer);
}

START_TEST(a_full_pipe_loses_its_oldest_events_and_the_file_none)
{
    enum {
        MANY = 3 * CCTV_QUEUE_SIZE
    };
    cctv_events_t *events = make_events();
    int pipes[2];
    int fds[2] = { make_file() };
    cctv_writer_t writer;
    uint64_t missing = 0;

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    fds[1] = pipes[1];
    writer = make_writer(events, fds, 2);
    put_many(events, &writer, MANY);
    assert_each_once(content(fds[0]), MANY);
    ck_assert_uint_eq(told_stuck, 1);
    missing = cctv_counted(&events->counters.dropped);
    ck_assert_uint_gt(missing, 0);
    /* Now it reads again. */
    while (!step(&writer)) {
        content(pipes[0]);
    }
    content(pipes[0]);
    ck_assert_uint_eq(told_missing, missing);
    ck_assert_uint_eq(cctv_counted(&events->counters.written),
                      2 * MANY - missing);
    ck_assert_uint_eq(cctv_queue_length(&events->queue), 0);
}
END_TEST

/* Many views end at once, and the program of the pipe has had no time yet. */
START_TEST(a_slow_pipe_loses_nothing)
{
    cctv_events_t *events = make_events();
    cctv_time_t now = cctv_now();
    int pipes[2];
    int fds[2] = { make_file() };
    cctv_writer_t writer;
    int i;

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    fds[1] = pipes[1];
    writer = make_writer(events, fds, 2);
    put(events, 1);
    cctv_writer_step(&writer, now, WALL);
    now += 3 * CCTV_LOG_PATIENCE;
    cctv_writer_step(&writer, now, WALL);
    for (i = 2; i < CCTV_QUEUE_SIZE; i++) {
        if (cctv_queue_length(&events->queue)
            == CCTV_QUEUE_SIZE - CCTV_QUEUE_SPARE_ENDS) {
            cctv_writer_step(&writer, now + CCTV_LOG_PATIENCE / 2, WALL);
        }
        if (cctv_queue_length(&events->queue)
            == CCTV_QUEUE_SIZE - CCTV_QUEUE_SPARE_ENDS) {
            break;
        }
        put(events, i);
    }
    ck_assert_uint_eq(cctv_counted(&events->counters.dropped), 0);
    ck_assert_uint_eq(told_stuck, 0);
    cctv_writer_step(&writer, now + 2 * CCTV_LOG_PATIENCE, WALL);
    ck_assert_uint_gt(cctv_counted(&events->counters.dropped), 0);
    ck_assert_uint_eq(told_stuck, 1);
}
END_TEST

START_TEST(refusals_get_into_the_file_while_a_pipe_takes_nothing)
{
    enum {
        MANY = 2 * CCTV_QUEUE_SIZE
    };
    const cctv_log_event_t refusal = { .kind = CCTV_EVENT_REFUSED,
                                       .camera = MANY + 1 };
    cctv_events_t *events = make_events();
    int pipes[2];
    int fds[2] = { make_file() };
    cctv_writer_t writer;

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    fds[1] = pipes[1];
    writer = make_writer(events, fds, 2);
    put_many(events, &writer, MANY);
    cctv_events_put(events, &refusal, CCTV_QUEUE_SPARE);
    step(&writer);
    assert_each_once(content(fds[0]), MANY + 1);
}
END_TEST

/* The next server tells in the log how many are missing. */
START_TEST(what_a_full_pipe_has_lost_is_still_known_after_the_end)
{
    enum {
        MANY = 2 * CCTV_QUEUE_SIZE
    };
    cctv_events_t *events = make_events();
    int pipes[2];
    cctv_writer_t writer;
    int i;

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    writer = make_writer(events, &pipes[1], 1);
    for (i = 1; i <= MANY; i++) {
        put(events, i);
        if (i % 100 == 0) {
            step(&writer);
        }
    }
    step(&writer);
    ck_assert(cctv_log_is_busy(&events->logs[0]));
    cctv_writer_settle(&writer);
    cctv_writer_give_up(&writer);
    ck_assert_uint_eq(cctv_log_current(&events->logs[0])->missing,
                      cctv_counted(&events->counters.dropped));
}
END_TEST

START_TEST(refusals_leave_room_for_views)
{
    cctv_events_t *events = make_events();
    int fd = make_file();
    const cctv_log_event_t event = { .kind = CCTV_EVENT_REFUSED };
    int i;

    make_writer(events, &fd, 1);
    for (i = 0; i < CCTV_QUEUE_SIZE; i++) {
        cctv_events_put(events, &event, CCTV_QUEUE_SPARE);
    }
    ck_assert_uint_eq(cctv_queue_length(&events->queue),
                      CCTV_QUEUE_SIZE - CCTV_QUEUE_SPARE);
    ck_assert_uint_eq(cctv_counted(&events->counters.dropped),
                      CCTV_QUEUE_SPARE);
    for (i = 0; i < CCTV_QUEUE_SPARE; i++) {
        cctv_events_put(events, &event, 0);
    }
    ck_assert_uint_eq(cctv_counted(&events->counters.dropped),
                      CCTV_QUEUE_SPARE);
}
END_TEST

/* /dev/full refuses each write, as a full disk does. */
START_TEST(a_full_disk_is_told_once_and_costs_nothing_when_it_has_room_again)
{
    cctv_events_t *events = make_events();
    int full = open("/dev/full", O_WRONLY);
    cctv_writer_t writer = make_writer(events, &full, 1);
    int fd = make_file();

    put(events, 1);
    ck_assert(!step(&writer));
    put(events, 2);
    ck_assert(!step(&writer));
    ck_assert_uint_eq(told_stuck, 1);
    cctv_writer_settle(&writer);
    writer = make_writer(events, &fd, 1);
    ck_assert(step(&writer));
    assert_each_once(content(fd), 2);
    ck_assert_uint_eq(cctv_counted(&events->counters.dropped), 0);
}
END_TEST

/* A file system that is full in the middle of a line: the rest follows. */
START_TEST(half_a_batch_is_completed)
{
    cctv_events_t *events = make_events();
    int fd = make_file();
    cctv_writer_t writer = make_writer(events, &fd, 1);
    cctv_log_t *log = &events->logs[0];
    struct stat status;

    put(events, 1);
    put(events, 2);
    step(&writer);
    fstat(fd, &status);
    put(events, 3);
    /* What a writer leaves that was stopped after some bytes. */
    log->states[0] = log->states[1];
    log->states[1].cursor++;
    memcpy(log->batch, "{\"camera\":3,\"x\":1}\n", 19);
    log->len = 19;
    log->lines = 1;
    atomic_store(&log->word, CCTV_LOG_WRITTEN << 1);
    log->offset = status.st_size;
    ck_assert_int_eq(write(fd, log->batch, 5), 5);
    ck_assert(step(&writer));
    assert_each_once(content(fd), 3);
}
END_TEST

/* ---- Writers that are killed ---- */

static void write_for_ever(const cctv_writer_t *template)
{
    cctv_writer_t writer = *template;

    for (;;) {
        step(&writer);
    }
}

static void write_and_kill(int fd, int reader, int kills)
{
    enum {
        EACH = 200
    };
    static char read_text[1 << 23];
    size_t len = 0;
    cctv_events_t *events = make_events();
    cctv_writer_t writer = make_writer(events, &fd, 1);
    int last = 0;
    int kill_number;
    int i;

    for (kill_number = 0; kill_number < kills; kill_number++) {
        pid_t pid = fork();

        if (pid == 0) {
            write_for_ever(&writer);
        }
        for (i = 0; i < EACH; i++) {
            put(events, ++last);
        }
        /* At any moment of its work. */
        usleep((useconds_t)(rand() % 2000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        if (reader >= 0) {
            ssize_t n;

            while (
                (n = read(reader, read_text + len, sizeof read_text - 1 - len))
                > 0) {
                len += (size_t)n;
            }
        }
    }
    while (!step(&writer)) {
        ssize_t n = reader < 0 ? 0
                               : read(reader, read_text + len,
                                      sizeof read_text - 1 - len);

        len += n > 0 ? (size_t)n : 0;
    }
    if (reader < 0) {
        assert_each_once(content(fd), last);
        return;
    }
    ck_assert_uint_eq(cctv_counted(&events->counters.dropped), 0);
    while (len < sizeof read_text - 1) {
        ssize_t n = read(reader, read_text + len, sizeof read_text - 1 - len);

        if (n <= 0) {
            break;
        }
        len += (size_t)n;
    }
    read_text[len] = '\0';
    assert_each_once(read_text, last);
}

START_TEST(a_killed_writer_leaves_each_line_once_in_a_file)
{
    write_and_kill(make_file(), -1, 60);
}
END_TEST

START_TEST(a_killed_writer_leaves_each_line_once_in_a_pipe)
{
    int pipes[2];

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    write_and_kill(pipes[1], pipes[0], 60);
}
END_TEST

/* The module calls this one in the unit tests. */
static bool dies_after_splice;

ssize_t splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t len,
               unsigned flags)
{
    ssize_t n = syscall(SYS_splice, from, from_at, to, to_at, len, flags);

    if (dies_after_splice) {
        raise(SIGKILL);
    }
    return n;
}

/* The batch has left for the program, and nobody has noted that. */
START_TEST(a_writer_that_is_killed_right_after_a_batch_does_not_repeat_it)
{
    cctv_events_t *events = make_events();
    int pipes[2];
    cctv_writer_t writer;
    pid_t pid;

    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    writer = make_writer(events, &pipes[1], 1);
    put(events, 1);
    pid = fork();
    if (pid == 0) {
        dies_after_splice = true;
        step(&writer);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    put(events, 2);
    ck_assert(step(&writer));
    assert_each_once(content(pipes[0]), 2);
}
END_TEST

/* ---- The chain ---- */

START_TEST(each_line_has_the_hash_of_the_line_before)
{
    cctv_events_t *events = make_events();
    int fd = make_file();
    cctv_writer_t writer = make_writer(events, &fd, 1);
    unsigned char hash[CCTV_CHAIN_SIZE];
    char text[CCTV_CHAIN_TEXT_SIZE];
    char *first;
    char *second;

    writer.chain_key = "0123456789abcdef";
    put(events, 1);
    step(&writer);
    put(events, 2);
    step(&writer);
    first = content(fd);
    second = strchr(first, '\n') + 1;
    ck_assert_ptr_nonnull(
        strstr(first, "\"number\":1,\"chain\":\"AAAAAAAAAAAAAAAAAAAAAA\"}\n"));
    ck_assert(cctv_chain_hash("0123456789abcdef", first,
                              (size_t)(second - first) - 1, hash));
    cctv_chain_text(hash, text);
    ck_assert_ptr_nonnull(strstr(
        second, apr_psprintf(pool, "\"number\":2,\"chain\":\"%s\"}\n", text)));
    ck_assert_int_eq(count_of(first, "\n"), 2);
}
END_TEST

/* ---- Reloads ---- */

START_TEST(a_log_that_stays_goes_on_and_a_new_one_begins_with_the_next_event)
{
    cctv_events_t *events = make_events();
    int fds[2] = { make_file(), make_file() };
    cctv_writer_t writer = make_writer(events, fds, 1);

    put(events, 1);
    cctv_writer_settle(&writer);
    writer = make_writer(events, fds, 2);
    put(events, 2);
    ck_assert(step(&writer));
    assert_each_once(content(fds[0]), 2);
    ck_assert_int_eq(count_of(content(fds[1]), "\n"), 1);
    cctv_writer_settle(&writer);
    writer = make_writer(events, fds, 0);
    put(events, 3);
    ck_assert_uint_eq(cctv_queue_length(&events->queue), 0);
}
END_TEST

/* What a full pipe has not taken goes to the next one, once. */
START_TEST(a_batch_that_has_not_arrived_goes_to_the_next_pipe)
{
    cctv_events_t *events = make_events();
    int old[2];
    int next[2];
    cctv_writer_t writer;
    int last = 0;
    char *text;

    ck_assert_int_eq(pipe2(old, O_NONBLOCK), 0);
    ck_assert_int_eq(pipe2(next, O_NONBLOCK), 0);
    writer = make_writer(events, &old[1], 1);
    while (step(&writer)) {
        put(events, ++last);
    }
    cctv_writer_settle(&writer);
    writer = make_writer(events, &next[1], 1);
    ck_assert(step(&writer));
    text = apr_pstrdup(pool, content(old[0]));
    assert_each_once(apr_pstrcat(pool, text, content(next[0]), NULL), last);
}
END_TEST

TCase *event_logs_tests(void)
{
    TCase *tc = tcase_create("event_logs");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, events_get_into_all_logs_in_their_order);
    tcase_add_test(tc, without_a_log_nothing_is_kept);
    tcase_add_test(tc, a_line_tells_what_is_known);
    tcase_add_test(tc, the_longest_line_fits);
    tcase_add_test(tc, a_text_is_cut_between_two_characters);
    tcase_add_test(tc, a_claim_of_a_dead_process_is_skipped);
    tcase_add_test(tc, a_claim_of_a_process_that_lives_is_waited_for);
    tcase_add_test(tc, what_a_slot_owns_is_found_again_and_filled_once);
    tcase_add_test(tc, a_full_pipe_loses_its_oldest_events_and_the_file_none);
    tcase_add_test(tc, a_slow_pipe_loses_nothing);
    tcase_add_test(tc, refusals_get_into_the_file_while_a_pipe_takes_nothing);
    tcase_add_test(tc, what_a_full_pipe_has_lost_is_still_known_after_the_end);
    tcase_add_test(tc, refusals_leave_room_for_views);
    tcase_add_test(
        tc, a_full_disk_is_told_once_and_costs_nothing_when_it_has_room_again);
    tcase_add_test(tc, half_a_batch_is_completed);
    tcase_add_test(tc, a_killed_writer_leaves_each_line_once_in_a_file);
    tcase_add_test(tc, a_killed_writer_leaves_each_line_once_in_a_pipe);
    tcase_add_test(
        tc, a_writer_that_is_killed_right_after_a_batch_does_not_repeat_it);
    tcase_add_test(tc, each_line_has_the_hash_of_the_line_before);
    tcase_add_test(
        tc, a_log_that_stays_goes_on_and_a_new_one_begins_with_the_next_event);
    tcase_add_test(tc, a_batch_that_has_not_arrived_goes_to_the_next_pipe);
    return tc;
}
