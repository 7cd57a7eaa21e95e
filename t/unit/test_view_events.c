/* SPDX-License-Identifier: Apache-2.0 */
/* One event when a view starts and one when it is over, whoever is killed. */
#include "t_common.h"
#include "t_shared.h"

#include "events/state.h"
#include "events/view_events.h"
#include "views/view_listener.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The wall clock at START: µs since 1970. */
#define WALL INT64_C(1795335787000000)

static cctv_views_t shared;
static cctv_view_events_t events;

static void start(const cctv_view_t *view)
{
    cctv_view_events_start(&events, view, WALL);
}

static void ending(const cctv_view_t *view, cctv_ended_t reason)
{
    cctv_view_events_ending(&events, view, reason);
}

static bool end(const cctv_view_t *view, cctv_ended_t reason, cctv_time_t at)
{
    return cctv_view_events_end(&events, view, cctv_ended_labels[reason],
                                WALL + (at - START));
}

static bool is_last;

static bool abandoned(const cctv_view_t *view)
{
    return cctv_view_events_abandoned(&events, view, WALL + 60 * SECOND,
                                      is_last);
}

static void picture(const cctv_view_t *view, int64_t after)
{
    cctv_view_events_picture(&events, view, after);
}

static const cctv_view_listener_t listener = { .start = start,
                                               .ending = ending,
                                               .end = end,
                                               .abandoned = abandoned,
                                               .picture = picture };

static void open_events(uint32_t logs)
{
    cctv_view_events_open(&events, segment_of(&shared));
    atomic_store(&events.events->log_count, logs);
    cctv_view_set_listener(&listener);
}

static void set_up(void)
{
    has_events = true;
    shared = make_shared_for_all(64, 64);
    open_events(1);
}

static void tear_down(void)
{
    cctv_view_set_listener(NULL);
    has_events = false;
}

/* The next event that is in the queue. */
static cctv_log_event_t take(void)
{
    uint64_t tail = atomic_load(&events.events->queue.tail);
    cctv_log_event_t event;
    cctv_owner_t owner;

    ck_assert_int_eq(
        cctv_queue_look(&events.events->queue, tail, &owner, &event),
        CCTV_CELL_READY);
    cctv_queue_release(&events.events->queue, tail + 1);
    return event;
}

static bool has_more(void)
{
    return cctv_queue_length(&events.events->queue) > 0;
}

START_TEST(a_view_tells_its_start_and_its_end)
{
    cctv_event_details_t details = { .role = "traffic", .user = "anna" };
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;
    cctv_log_event_t first;
    cctv_log_event_t last;

    set_up();
    cctv_view_reserve(&shared, &viewer, at(START), &view);
    cctv_view_events_describe(&events, view.index, &details);
    cctv_view_publish(&shared, &viewer, at(START), &view);
    first = take();
    ck_assert_int_eq(first.kind, CCTV_EVENT_START);
    ck_assert_int_eq(first.camera, 42);
    ck_assert_int_eq(first.time, WALL);
    ck_assert_str_eq(first.user, "anna");
    ck_assert(!has_more());
    ck_assert(cctv_view_beat(&shared, &view, at(START + 5 * SECOND)));
    cctv_view_tell_picture(&view, 700);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED,
                            at(START + 8 * SECOND)));
    last = take();
    ck_assert_int_eq(last.kind, CCTV_EVENT_END);
    ck_assert_mem_eq(&last.view, &first.view, sizeof last.view);
    ck_assert_int_eq(last.started, WALL);
    ck_assert_int_eq(last.time, WALL + 8 * SECOND);
    ck_assert_int_eq(last.watched, 8 * SECOND);
    ck_assert_int_eq(last.first_picture, 700);
    ck_assert_str_eq(last.reason, "ended");
    ck_assert_str_eq(last.role, "traffic");
    ck_assert_str_eq(last.user, "anna");
    ck_assert(!has_more());
}
END_TEST

START_TEST(a_view_without_heartbeats_was_over_at_its_last_one)
{
    cctv_view_t view;
    cctv_log_event_t event;

    set_up();
    view = must_start(&shared, 42);
    take();
    ck_assert(cctv_view_beat(&shared, &view, at(START + 5 * SECOND)));
    cctv_views_sweep(&shared, at(START + 6 * SECOND + TIMEOUT));
    event = take();
    ck_assert_str_eq(event.reason, "expired");
    ck_assert_int_eq(event.time, WALL + 5 * SECOND);
    ck_assert_int_eq(event.watched, 5 * SECOND);
    ck_assert_int_eq(event.first_picture, -1);
}
END_TEST

/* Its end would tell of a viewer that is not known. */
START_TEST(a_view_that_started_before_the_first_log_is_not_told)
{
    cctv_view_t view;

    set_up();
    atomic_store(&events.events->log_count, 0);
    view = must_start(&shared, 42);
    atomic_store(&events.events->log_count, 1);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    ck_assert(!has_more());
}
END_TEST

/* A reload adds the first log while a start waits for Janus. */
START_TEST(a_view_is_not_told_with_the_user_of_an_earlier_one)
{
    cctv_event_details_t details = { .role = "traffic", .user = "anna" };
    cctv_viewer_t viewer = viewer_of(42);
    cctv_log_event_t event;
    cctv_view_t view;
    int i;

    has_events = true;
    shared = make_shared_for_all(1, 64);
    open_events(1);
    for (i = 0; i < 2; i++) {
        cctv_view_reserve(&shared, &viewer, at(START + i * SECOND), &view);
        if (i == 0) {
            cctv_view_events_describe(&events, view.index, &details);
        }
        cctv_view_publish(&shared, &viewer, at(START + i * SECOND), &view);
        event = take();
        ck_assert_str_eq(event.user, i == 0 ? "anna" : "");
        ck_assert_str_eq(event.role, i == 0 ? "traffic" : "");
        ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED,
                                at(START + i * SECOND)));
        take();
    }
}
END_TEST

/* ---- A full queue ---- */

/* Fill the queue up to what is kept for ends. */
static void fill_queue(uint32_t spare)
{
    const cctv_log_event_t refused = { .kind = CCTV_EVENT_REFUSED };

    while (cctv_queue_put(&events.events->queue, &refused, spare)) {
    }
}

static void empty_queue(void)
{
    cctv_queue_release(&events.events->queue,
                       atomic_load(&events.events->queue.head));
}

START_TEST(an_end_waits_for_room_in_the_queue)
{
    cctv_view_t view;
    cctv_view_t other;
    cctv_log_event_t event;
    char id[CCTV_VIEW_ID_LENGTH + 1];
    int i;

    set_up();
    view = must_start(&shared, 42);
    cctv_view_id(&view, id);
    empty_queue();
    fill_queue(CCTV_QUEUE_SPARE_ENDS);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_KICKED,
                            at(START + 8 * SECOND)));
    ck_assert(!cctv_view_table_find(&shared.table, id, &other));
    ck_assert(cctv_view_table_find_ended(&shared.table, id, &other));
    ck_assert_uint_eq(cctv_view_table_held(&shared.table, view.index), 0);
    for (i = 0; i < 2; i++) {
        cctv_views_sweep(&shared, at(START + (9 + i) * SECOND));
        ck_assert(cctv_view_table_is_abandoned(&shared.table, view.index));
    }
    /* A start still has room. */
    other = must_start(&shared, 43);
    ck_assert_uint_eq(cctv_counted(&events.events->counters.dropped), 0);
    empty_queue();
    cctv_views_sweep(&shared, at(START + 11 * SECOND));
    event = take();
    ck_assert_int_eq(event.kind, CCTV_EVENT_END);
    ck_assert_int_eq(event.camera, 42);
    ck_assert_int_eq(event.time, WALL + 8 * SECOND);
    ck_assert_int_eq(event.watched, 8 * SECOND);
    ck_assert_str_eq(event.reason, "kicked");
    ck_assert(!has_more());
    ck_assert(!cctv_view_table_is_abandoned(&shared.table, view.index));
    cctv_views_sweep(&shared, at(START + 12 * SECOND));
    ck_assert(!has_more());
}
END_TEST

START_TEST(an_end_that_has_waited_too_long_is_dropped)
{
    cctv_view_t view;

    set_up();
    view = must_start(&shared, 42);
    fill_queue(0);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    is_last = true;
    cctv_views_sweep(&shared, at(START + SECOND));
    is_last = false;
    ck_assert(!cctv_view_table_is_abandoned(&shared.table, view.index));
    ck_assert_uint_eq(cctv_counted(&events.events->counters.dropped), 1);
    empty_queue();
    cctv_views_sweep(&shared, at(START + 2 * SECOND));
    ck_assert(!has_more());
}
END_TEST

START_TEST(a_reservation_that_is_cancelled_tells_nothing)
{
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;

    set_up();
    cctv_view_reserve(&shared, &viewer, at(START), &view);
    cctv_view_cancel(&shared, &view, at(START));
    kill_process(fork_claimer(&shared, START, false));
    cctv_views_sweep(&shared, at(START + SECOND));
    ck_assert(!has_more());
}
END_TEST

/* ---- Processes that are killed ---- */

typedef struct {
    uint64_t view;
    int starts;
    int ends;
    bool is_in_order;
} seen_t;

enum {
    SEEN_MAX = 1 << 17
};

static seen_t *seen;

static seen_t *seen_of(uint64_t view)
{
    uint64_t at_ = view % SEEN_MAX;

    while (seen[at_].view != 0 && seen[at_].view != view) {
        at_ = (at_ + 1) % SEEN_MAX;
    }
    seen[at_].view = view;
    return &seen[at_];
}

/* Take out what is ready; positions of dead processes are skipped as the
 * writer skips them. */
static void take_all(void)
{
    cctv_queue_t *queue = &events.events->queue;
    cctv_log_event_t event;
    cctv_owner_t owner;
    uint64_t tail;

    for (;;) {
        cctv_cell_state_t state;

        tail = atomic_load(&queue->tail);
        state = cctv_queue_look(queue, tail, &owner, &event);
        if (state == CCTV_CELL_READY) {
            seen_t *view = seen_of(event.view.high);

            view->starts += event.kind == CCTV_EVENT_START;
            view->ends += event.kind == CCTV_EVENT_END;
            view->is_in_order = view->is_in_order
                                || (view->starts == 1 && view->ends == 0);
        }
        else if (state != CCTV_CELL_VOID) {
            return;
        }
        cctv_queue_release(queue, tail + 1);
    }
}

/* More views than the queue has cells, such as all viewers of a Janus that has
 * crashed. */
START_TEST(all_views_may_end_at_once)
{
    enum {
        VIEWS = 2 * CCTV_QUEUE_SIZE
    };
    int i;

    set_up();
    shared = make_shared_for_all(VIEWS, 64);
    open_events(1);
    seen = calloc(SEEN_MAX, sizeof *seen);
    for (i = 0; i < VIEWS; i++) {
        must_start(&shared, 42);
        take_all();
    }
    for (i = 0; i < 5; i++) {
        cctv_views_sweep(&shared, at(START + TIMEOUT + (i + 1) * SECOND));
        ck_assert_int_eq(has_more(), i < 3);
        take_all();
    }
    ck_assert_uint_eq(cctv_counted(&events.events->counters.dropped), 0);
    ck_assert_uint_eq(ended_of(&shared), VIEWS);
    for (i = 0; i < SEEN_MAX; i++) {
        ck_assert_int_eq(seen[i].starts, seen[i].ends);
        ck_assert_int_eq(seen[i].starts, seen[i].view != 0);
    }
    free(seen);
}
END_TEST

/* Start and end views until killed. */
static void watch_for_ever(unsigned seed)
{
    cctv_time_t now = START;

    for (;;) {
        cctv_viewer_t viewer = viewer_of(1 + rand_r(&seed) % 5);
        cctv_view_t view;

        now += SECOND;
        while (cctv_queue_length(&events.events->queue) > 100) {
        }
        if (start_view(&shared, &viewer, at(now), &view) == CCTV_VIEW_STARTED
            && rand_r(&seed) % 8 != 0) {
            cctv_view_end(&shared, &view,
                          rand_r(&seed) % 2 ? CCTV_ENDED_ENDED
                                            : CCTV_ENDED_DENIED,
                          at(now + SECOND));
        }
    }
}

START_TEST(each_start_has_one_end_whoever_is_killed)
{
    enum {
        WATCHERS = 3,
        ROUNDS = 120
    };
    pid_t pids[WATCHERS];
    int total = 0;
    int round;
    int i;

    set_up();
    seen = calloc(SEEN_MAX, sizeof *seen);
    for (i = 0; i < WATCHERS; i++) {
        pids[i] = 0;
    }
    for (round = 0; round < ROUNDS; round++) {
        int which = round % WATCHERS;

        if (pids[which] != 0) {
            kill_process(pids[which]);
        }
        pids[which] = fork();
        if (pids[which] == 0) {
            watch_for_ever((unsigned)round);
        }
        for (i = 0; i < 10; i++) {
            usleep((useconds_t)(rand() % 100));
            take_all();
        }
        if (round % 4 == 0) {
            cctv_views_sweep(&shared, at(START + SECOND));
        }
    }
    for (i = 0; i < WATCHERS; i++) {
        kill_process(pids[i]);
    }
    /* The clock of the watchers was ahead of every other one. */
    for (i = 0; i < 3; i++) {
        take_all();
        cctv_views_sweep(&shared, at(INT64_C(1) << 40));
    }
    take_all();
    ck_assert(!has_more());
    ck_assert_uint_eq(cctv_counted(&events.events->counters.dropped), 0);
    for (i = 0; i < SEEN_MAX; i++) {
        if (seen[i].view != 0) {
            total++;
            ck_assert_int_eq(seen[i].starts, 1);
            ck_assert_int_eq(seen[i].ends, 1);
            ck_assert(seen[i].is_in_order);
        }
    }
    ck_assert_int_gt(total, ROUNDS);
    free(seen);
}
END_TEST

/* The moments at which it can be killed, made one by one. */
static void abandon(const cctv_view_t *view, uint64_t state, bool is_claimed,
                    bool is_noted, bool is_ready)
{
    pid_t pid = fork();
    cctv_view_t closed = *view;
    uint64_t position = 0;
    const cctv_log_event_t event = {
        .kind = (uint8_t)(state == 1 ? CCTV_EVENT_START : CCTV_EVENT_END),
        .camera = view->camera
    };
    cctv_owner_t owner = cctv_owner_slot(view->index);

    if (pid != 0) {
        waitpid(pid, NULL, 0);
        return;
    }
    cctv_view_tell_ending(view, CCTV_ENDED_DENIED);
    cctv_view_table_close(&shared.table, &closed, START + SECOND);
    atomic_store(&events.told[view->index].word, state);
    if (is_claimed) {
        cctv_queue_claim(&events.events->queue, owner, 0, &position);
    }
    if (is_noted) {
        atomic_store(&events.told[view->index].word,
                     (position + 1) << 2 | state);
    }
    if (is_ready) {
        cctv_queue_publish(&events.events->queue, position, owner, &event);
    }
    _exit(0);
}

START_TEST(an_end_is_told_once_at_whatever_moment_its_process_was_killed)
{
    static const struct {
        uint64_t state;
        bool is_claimed;
        bool is_noted;
        bool is_ready;
        const char *reason;
    } moments[] = {
        { 2, false, false, false, "denied" }, /* closed */
        { 3, false, false, false, "denied" }, /* the end was begun */
        { 3, true, false, false, "denied" },  /* with a position */
        { 3, true, true, false, "denied" },   /* that was noted */
        { 3, true, true, true, "" },          /* and filled */
        { 1, true, true, true, "crash" },     /* the start was told */
    };
    size_t i;

    set_up();
    for (i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        cctv_view_t view = must_start(&shared, 42);
        cctv_log_event_t event;

        take();
        abandon(&view, moments[i].state, moments[i].is_claimed,
                moments[i].is_noted, moments[i].is_ready);
        cctv_views_sweep(&shared, at(START + 2 * SECOND));
        event = take();
        if (moments[i].state == 1) {
            ck_assert_int_eq(event.kind, CCTV_EVENT_START);
            event = take();
        }
        ck_assert_int_eq(event.kind, CCTV_EVENT_END);
        ck_assert_str_eq(event.reason, moments[i].reason);
        ck_assert(!has_more());
    }
}
END_TEST

START_TEST(a_start_that_was_not_told_is_never_told)
{
    int noted;

    set_up();
    for (noted = 0; noted < 2; noted++) {
        cctv_view_t view = must_start(&shared, 42);

        take();
        abandon(&view, 1, true, noted != 0, false);
        cctv_views_sweep(&shared, at(START + 2 * SECOND));
        take_all();
        ck_assert(!has_more());
    }
}
END_TEST

/* ---- Restarts ---- */

#define STATE_FILE "/tmp/cctv-events-state"

/* Save the state, and load it into new memory. */
static void restart(bool is_clean, cctv_time_t now, uint32_t max_sessions)
{
    char path[] = STATE_FILE "-XXXXXX";
    cctv_state_time_t time = { .now = START + SECOND,
                               .interval = SECOND,
                               .day = DAY };
    cctv_state_report_t report;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert_int_eq(
        cctv_state_save(segment_of(&shared), path, is_clean, &time),
        CCTV_STATE_OK);
    shared = make_shared_for_all(max_sessions, 64);
    open_events(0);
    time.now = now;
    ck_assert_int_eq(
        cctv_state_load(segment_of(&shared), path, &time, false, &report),
        CCTV_STATE_OK);
    unlink(path);
}

/* The view in a slot. */
static cctv_view_t view_in(uint32_t index)
{
    cctv_view_t view;

    ck_assert(cctv_view_table_get(&shared.table, index, &view));
    return view;
}

START_TEST(a_view_that_goes_on_after_a_restart_has_one_start_and_one_end)
{
    cctv_event_details_t details = { .user = "anna" };
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;
    cctv_log_event_t first;
    cctv_log_event_t last;

    set_up();
    cctv_view_reserve(&shared, &viewer, at(START), &view);
    cctv_view_events_describe(&events, view.index, &details);
    cctv_view_publish(&shared, &viewer, at(START), &view);
    first = take();
    restart(true, START + 2 * SECOND, 64);
    ck_assert(!has_more());
    atomic_store(&events.events->log_count, 1);
    view = view_in(view.index);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED,
                            at(START + 3 * SECOND)));
    last = take();
    ck_assert_int_eq(last.kind, CCTV_EVENT_END);
    ck_assert_mem_eq(&last.view, &first.view, sizeof last.view);
    ck_assert_int_eq(last.started, first.started);
    ck_assert_str_eq(last.user, "anna");
    ck_assert(!has_more());
}
END_TEST

START_TEST(views_that_a_restart_ends_have_an_end)
{
    cctv_log_event_t event;

    set_up();
    must_start(&shared, 42);
    take();
    /* Its timeout passed while the server was down. */
    restart(true, START + SECOND + TIMEOUT, 64);
    event = take();
    ck_assert_int_eq(event.camera, 42);
    ck_assert_str_eq(event.reason, "expired");
    ck_assert(!has_more());
}
END_TEST

START_TEST(views_for_which_there_is_no_slot_any_more_end_with_the_restart)
{
    cctv_log_event_t event;

    set_up();
    must_start(&shared, 41);
    must_start(&shared, 42);
    take();
    take();
    restart(true, START + SECOND, 1);
    event = take();
    ck_assert_str_eq(event.reason, "restart");
    ck_assert(!has_more());
}
END_TEST

/* No log has taken these yet. Nobody knows that after a crash. */
START_TEST(events_that_wait_survive_a_clean_stop_only)
{
    cctv_view_t view;
    cctv_log_event_t event;

    set_up();
    view = must_start(&shared, 42);
    take();
    events.events->logs[0].name = 7;
    events.events->logs[0].states[0].cursor = 1;
    events.events->logs[0].states[0].lines = 5;
    cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START));
    restart(true, START + SECOND, 64);
    ck_assert_uint_eq(events.events->logs[0].name, 7);
    ck_assert_uint_eq(events.events->logs[0].states[0].lines, 5);
    ck_assert_uint_eq(atomic_load(&events.events->queue.tail), 1);
    atomic_store(&events.events->log_count, 1);
    view = must_start(&shared, 43);
    event = take();
    ck_assert_int_eq(event.kind, CCTV_EVENT_END);
    ck_assert_int_eq(event.camera, 42);
    restart(false, START + SECOND, 64);
    ck_assert(!has_more());
    ck_assert_uint_eq(events.events->logs[0].name, 0);
}
END_TEST

/* One log is behind, and the last position was never filled. */
START_TEST(a_log_gets_the_first_event_after_a_restart)
{
    cctv_queue_t *queue;
    uint64_t position;
    int i;

    set_up();
    queue = &events.events->queue;
    must_start(&shared, 42);
    ck_assert(cctv_queue_claim(queue, 8, 0, &position));
    ck_assert(cctv_queue_drop(queue, position, 8));
    for (i = 0; i < 2; i++) {
        events.events->logs[i].name = (uint64_t)i + 1;
        events.events->logs[i].states[0].cursor = i == 0 ? 0 : 2;
    }
    restart(true, START + SECOND, 64);
    queue = &events.events->queue;
    atomic_store(&events.events->log_count, 2);
    ck_assert_uint_eq(atomic_load(&queue->head), 1);
    ck_assert_uint_eq(events.events->logs[0].states[0].cursor, 0);
    ck_assert_uint_eq(events.events->logs[1].states[0].cursor, 1);
}
END_TEST

START_TEST(damaged_records_are_not_sound)
{
    unsigned char record[512];

    memset(record, 0xff, sizeof record);
    ck_assert(!cctv_events_is_sound(record, sizeof record));
    ck_assert(!cctv_events_is_sound(record, 4));
    memset(record, 0, sizeof record);
    record[0] = 1;
    ck_assert(!cctv_events_is_sound(record, sizeof record));
    record[0] = 2;
    ck_assert(!cctv_events_is_sound(record, 40));
}
END_TEST

TCase *view_events_tests(void)
{
    TCase *tc = tcase_create("view_events");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, NULL, tear_down);
    tcase_add_test(tc, a_view_tells_its_start_and_its_end);
    tcase_add_test(tc, a_view_without_heartbeats_was_over_at_its_last_one);
    tcase_add_test(tc, a_view_that_started_before_the_first_log_is_not_told);
    tcase_add_test(tc, a_view_is_not_told_with_the_user_of_an_earlier_one);
    tcase_add_test(tc, an_end_waits_for_room_in_the_queue);
    tcase_add_test(tc, an_end_that_has_waited_too_long_is_dropped);
    tcase_add_test(tc, all_views_may_end_at_once);
    tcase_add_test(tc, a_reservation_that_is_cancelled_tells_nothing);
    tcase_add_test(tc, each_start_has_one_end_whoever_is_killed);
    tcase_add_test(
        tc, an_end_is_told_once_at_whatever_moment_its_process_was_killed);
    tcase_add_test(tc, a_start_that_was_not_told_is_never_told);
    tcase_add_test(
        tc, a_view_that_goes_on_after_a_restart_has_one_start_and_one_end);
    tcase_add_test(tc, views_that_a_restart_ends_have_an_end);
    tcase_add_test(
        tc, views_for_which_there_is_no_slot_any_more_end_with_the_restart);
    tcase_add_test(tc, events_that_wait_survive_a_clean_stop_only);
    tcase_add_test(tc, a_log_gets_the_first_event_after_a_restart);
    tcase_add_test(tc, damaged_records_are_not_sound);
    return tc;
}
