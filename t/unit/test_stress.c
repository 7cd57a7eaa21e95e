/* SPDX-License-Identifier: Apache-2.0 */
/* All operations on views at the same time, in tables that are far too small,
 * by threads and by processes that are killed. */
#include "t_common.h"
#include "t_state.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SESSIONS = 12,
    SERIES = 20,
    CAMERAS = 30,
    CLIENTS = 3,
    THREADS = 8,
    ROUNDS = 20000,
    PROCESSES = 4,
    KILLS = 150,
    CANCELLED = 100,
    JANUS_SESSIONS = THREADS * ROUNDS + 1
};

/* The totals that all actors record. Actors assert nothing themselves, because
 * libcheck has a single pipe for all processes. */
typedef struct {
    _Atomic uint64_t attempted;
    _Atomic uint64_t started;
    _Atomic uint64_t refused;
    _Atomic uint64_t cancelled;
    _Atomic uint64_t ended;
    _Atomic uint64_t watched;
    _Atomic uint64_t with_video;
    _Atomic uint64_t answered;
    _Atomic uint64_t attached;
    /* The number of Janus sessions: each start makes a new id. */
    _Atomic uint64_t janus;
    _Atomic uint64_t discarded;
    /* Views with impossible values. */
    _Atomic uint64_t strange;
    /* The clock that all actors share; each step advances it. */
    _Atomic int64_t clock;
} seen_t;

/* A thread or process that acts, with its own random numbers. */
typedef struct {
    cctv_views_t shared;
    seen_t *seen;
    uint64_t dice;
    /* How often each Janus session was discarded; NULL: not recorded. */
    _Atomic unsigned char *taken;
    pthread_t thread;
} actor_t;

static uint32_t roll(actor_t *actor, uint32_t sides)
{
    actor->dice = actor->dice * UINT64_C(6364136223846793005)
                  + UINT64_C(1442695040888963407);
    return (uint32_t)((actor->dice >> 33) % sides);
}

/* Read the clock; now and then the result is old. */
static cctv_moment_t look_at_clock(actor_t *actor)
{
    int64_t step = roll(actor, 20000);
    int64_t now = atomic_fetch_add(&actor->seen->clock, step);

    return at(roll(actor, 4) == 0 ? now - roll(actor, 100000) : now);
}

/* Start a view; now and then cancel it between the two steps. */
static int start_or_cancel(actor_t *actor, const cctv_viewer_t *viewer)
{
    cctv_views_t *shared = &actor->shared;
    cctv_moment_t now = look_at_clock(actor);
    cctv_view_t view;
    cctv_view_status_t status;

    if (roll(actor, 4) != 0) {
        return (int)start_view(shared, viewer, now, &view);
    }
    status = cctv_view_reserve(shared, viewer, now, &view);
    if (status == CCTV_VIEW_STARTED) {
        cctv_view_cancel(shared, &view, now);
        atomic_fetch_add(&actor->seen->cancelled, 1);
    }
    return status == CCTV_VIEW_STARTED ? CANCELLED : (int)status;
}

static void start(actor_t *actor)
{
    cctv_viewer_t viewer = viewer_of((int32_t)roll(actor, CAMERAS) + 1);
    int status;

    viewer.timeout = 1 + roll(actor, 1000);
    viewer.client = 1 + roll(actor, CLIENTS);
    viewer.max_per_client = roll(actor, 3) * 3;
    viewer.transport = (cctv_transport_t)roll(actor, CCTV_TRANSPORT_COUNT);
    viewer.max_viewers = roll(actor, 3) * 3;
    viewer.max_per_camera = roll(actor, 3);
    if (viewer.transport == CCTV_TRANSPORT_SERVER
        || viewer.transport == CCTV_TRANSPORT_WHEP) {
        viewer.janus = 1 + atomic_fetch_add(&actor->seen->janus, 1);
    }
    atomic_fetch_add(&actor->seen->attempted, 1);
    status = start_or_cancel(actor, &viewer);
    if (status == CANCELLED) {
        return;
    }
    if (status == CCTV_VIEW_STARTED) {
        atomic_fetch_add(&actor->seen->started,
                         viewer.transport != CCTV_TRANSPORT_WHEP);
        atomic_fetch_add(&actor->seen->with_video,
                         cctv_transport_has_video(viewer.transport));
    }
    else {
        atomic_fetch_add(&actor->seen->refused, 1);
    }
}

/* Find any view by its id. */
static bool find(actor_t *actor, cctv_moment_t now, cctv_view_t *view)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];

    if (!cctv_view_table_get(&actor->shared.table, roll(actor, SESSIONS),
                             view)) {
        return false;
    }
    cctv_view_id(view, id);
    return cctv_view_find(&actor->shared, id, 0, now, view);
}

/* Record watched time. */
static void add_watched(actor_t *actor, cctv_time_t from, cctv_time_t to)
{
    if (to > from) {
        atomic_fetch_add(&actor->seen->watched, (uint64_t)(to - from));
    }
}

static void beat(actor_t *actor)
{
    cctv_moment_t now = look_at_clock(actor);
    cctv_view_t view;

    while (find(actor, now, &view)) {
        cctv_time_t proven = view.proven;
        bool is_watched = cctv_view_is_watched(&view);
        bool is_answered = view.answered >= 0;

        if (cctv_view_beat(&actor->shared, &view, now)) {
            if (!is_answered && view.answered >= 0) {
                atomic_fetch_add(&actor->seen->answered, 1);
            }
            if (is_watched) {
                add_watched(actor, proven, view.proven);
            }
            return;
        }
    }
}

static void answer(actor_t *actor)
{
    cctv_moment_t now = look_at_clock(actor);
    cctv_view_t view;

    if (find(actor, now, &view)
        && cctv_view_answer(&actor->shared, &view, now)) {
        atomic_fetch_add(&actor->seen->answered, 1);
        atomic_fetch_add(&actor->seen->started,
                         view.transport == CCTV_TRANSPORT_WHEP);
        cctv_view_flow(&actor->shared, &view, CCTV_FLOW_ON, now);
    }
}

static void attach(actor_t *actor)
{
    cctv_view_t view;

    if (find(actor, look_at_clock(actor), &view)
        && view.transport == CCTV_TRANSPORT_PROXY
        && cctv_view_attach(&actor->shared, &view,
                            1 + atomic_fetch_add(&actor->seen->janus, 1), 1)) {
        atomic_fetch_add(&actor->seen->attached, 1);
    }
}

static void lose(actor_t *actor)
{
    cctv_view_t view;

    if (find(actor, look_at_clock(actor), &view)) {
        cctv_view_table_lose(&actor->shared.table, &view);
    }
}

/* Take a Janus session as the keeper does. Each one must come once. */
static void discard(actor_t *actor)
{
    unsigned i;

    for (i = 0; i < actor->shared.discarded.size; i++) {
        uint64_t id = cctv_discard_look(&actor->shared.discarded, i);

        if (id == 0 || !cctv_discard_done(&actor->shared.discarded, i, id)) {
            continue;
        }
        atomic_fetch_add(&actor->seen->discarded, 1);
        if (id > actor->seen->janus
            || (actor->taken != NULL && id < JANUS_SESSIONS
                && atomic_fetch_add(&actor->taken[id], 1) != 0)) {
            atomic_fetch_add(&actor->seen->strange, 1);
        }
    }
}

static void end(actor_t *actor)
{
    cctv_moment_t now = look_at_clock(actor);
    cctv_view_t view;

    if (find(actor, now, &view)
        && cctv_view_end(&actor->shared, &view, CCTV_ENDED_ENDED, now)) {
        atomic_fetch_add(&actor->seen->ended, cctv_view_is_started(&view));
        if (cctv_view_is_watched(&view)) {
            add_watched(actor, view.proven, now.time);
        }
    }
}

static void look(actor_t *actor)
{
    uint32_t cells[SESSIONS];
    uint32_t live;

    live_views(&actor->shared, look_at_clock(actor).time, cells, &live);
    while (live-- > 0) {
        if (cells[live] >= cctv_series_cells(&actor->shared.series)) {
            atomic_fetch_add(&actor->seen->strange, 1);
        }
    }
}

static void act(actor_t *actor)
{
    switch (roll(actor, 20)) {
    case 16:
    case 17:
        answer(actor);
        break;
    case 18:
        attach(actor);
        break;
    case 19:
        if (roll(actor, 8) == 0) {
            discard(actor);
        }
        lose(actor);
        break;
    case 0:
        cctv_views_sweep(&actor->shared, look_at_clock(actor));
        break;
    case 1:
        look(actor);
        break;
    case 2:
    case 3:
        end(actor);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        start(actor);
        break;
    default:
        beat(actor);
    }
}

/* ---- Threads ---- */

static void *act_often(void *actor_)
{
    actor_t *actor = actor_;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        act(actor);
    }
    return NULL;
}

/* A thread that ends a view may have found it just before another one has
 * noted a heartbeat or the first media. So it may have recorded a little more
 * or less than was counted. */
static void check_watched(const cctv_views_t *shared, const seen_t *seen)
{
    uint64_t counted = sum_of(shared, CCTV_SERIES_WATCHED);

    ck_assert_uint_le(counted, seen->watched + seen->watched / 50);
    ck_assert_uint_ge(counted, seen->watched - seen->watched / 50);
}

/* The counters agree with what all threads have recorded. */
static void check_counts(const cctv_views_t *shared, seen_t *seen)
{
    const cctv_views_counters_t *counters = &shared->head->counters;
    uint64_t live = live_views(shared, 0, NULL, NULL);

    ck_assert_uint_eq(sum_of(shared, CCTV_SERIES_STARTS), seen->started);
    check_watched(shared, seen);
    ck_assert_uint_le(seen->ended, ended_of(shared));
    ck_assert_uint_eq(seen->started, ended_of(shared) + live);
    ck_assert_uint_eq(counters->refused[CCTV_REFUSED_FULL]
                          + counters->refused[CCTV_REFUSED_CLIENT_FULL]
                          + counters->refused[CCTV_REFUSED_VIEWERS]
                          + counters->refused[CCTV_REFUSED_CAMERA_VIEWERS],
                      seen->refused);
    ck_assert_uint_eq(shared->series.head->used, SERIES);
}

/* Answers and attachments do not exceed the views with video; each Janus
 * session was discarded at most once, and each one taken had been put. */
static void check_media(const cctv_views_t *shared, const seen_t *seen)
{
    ck_assert_uint_le(seen->answered, seen->with_video);
    ck_assert_uint_gt(seen->answered, 0);
    ck_assert_uint_le(seen->attached, seen->with_video);
    ck_assert_uint_gt(seen->attached, 0);
    ck_assert_uint_le(seen->discarded, *shared->discarded.next);
    ck_assert_uint_le(*shared->discarded.next, seen->janus);
    ck_assert_uint_gt(seen->discarded, 0);
    ck_assert_uint_eq(seen->strange, 0);
}

/* No place is lost for good, wherever processes were killed. */
static void check_no_places(const cctv_views_t *shared)
{
    uint64_t client;
    int32_t camera;

    ck_assert_uint_eq(cctv_places_count(&shared->places, CCTV_VIDEO_KEY), 0);
    for (client = 1; client <= CLIENTS; client++) {
        ck_assert_uint_eq(cctv_places_count(&shared->places, client), 0);
    }
    for (camera = 1; camera <= CAMERAS; camera++) {
        ck_assert_uint_eq(
            cctv_places_count(&shared->places, CCTV_CAMERA_KEY(camera)), 0);
    }
}

/* After all views have expired, all slots are free. */
static void check_slots(cctv_views_t *shared, const seen_t *seen)
{
    cctv_time_t later = seen->clock + 100 * SECOND;

    cctv_views_sweep(shared, at(later));
    check_no_places(shared);
    ck_assert_uint_eq(live_views(shared, 0, NULL, NULL), 0);
    ck_assert_uint_eq(take_all_slots(shared, later), SESSIONS);
}

/* Meanwhile another thread saves the state. */
START_TEST(whatever_threads_do_at_once_is_counted_once)
{
    cctv_views_t shared = make_shared(SESSIONS, SERIES);
    _Atomic unsigned char *taken = apr_pcalloc(pool, JANUS_SESSIONS);
    const char *path = make_path();
    seen_t seen = { .clock = START };
    actor_t actors[THREADS];
    int i;

    for (i = 0; i < THREADS; i++) {
        actors[i] = (actor_t){ .shared = shared,
                               .seen = &seen,
                               .taken = taken,
                               .dice = (uint64_t)i };
        ck_assert_int_eq(
            pthread_create(&actors[i].thread, NULL, act_often, &actors[i]), 0);
    }
    for (i = 0; i < 20; i++) {
        cctv_views_t other = make_shared(SESSIONS, SERIES);

        must_save(&shared, path, i % 2, seen.clock);
        must_load(&other, path, seen.clock);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(actors[i].thread, NULL);
    }
    ck_assert_uint_eq(seen.strange, 0);
    ck_assert_uint_gt(seen.started, 0);
    ck_assert_uint_gt(seen.refused, 0);
    check_counts(&shared, &seen);
    check_media(&shared, &seen);
    check_slots(&shared, &seen);
}
END_TEST

/* ---- Processes ---- */

static pid_t fork_actor(actor_t *actor, uint64_t dice)
{
    pid_t pid = fork();

    assert_forked(pid);
    actor->dice = dice;
    while (pid == 0) {
        act(actor);
    }
    return pid;
}

/* Wait until the actors have made `more` attempts. */
static void let_them_act(const seen_t *seen, uint64_t more)
{
    uint64_t until = seen->attempted + more;

    while (seen->attempted < until) {
        usleep(20);
    }
}

static void kill_some(actor_t *actor)
{
    pid_t pids[PROCESSES];
    uint64_t dice = 1;
    int i;

    for (i = 0; i < PROCESSES; i++) {
        pids[i] = fork_actor(actor, dice++);
    }
    for (i = 0; i < KILLS; i++) {
        let_them_act(actor->seen, dice * 7 % 300);
        kill_process(pids[i % PROCESSES]);
        pids[i % PROCESSES] = fork_actor(actor, dice++);
    }
    for (i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(waitpid(pids[i], NULL, WNOHANG), 0);
        kill_process(pids[i]);
    }
}

/* A process that is killed between a change and its own record of it has
 * recorded too little, by one for each killed process, and never too much. */
static void check_counts_of_killed(const cctv_views_t *shared,
                                   const seen_t *seen)
{
    uint64_t killed = KILLS + PROCESSES;
    uint64_t counted = sum_of(shared, CCTV_SERIES_STARTS);
    uint64_t over = ended_of(shared) + live_views(shared, 0, NULL, NULL);

    ck_assert_uint_le(seen->started, counted);
    ck_assert_uint_le(counted, seen->started + killed);
    ck_assert_uint_le(counted, seen->attempted);
    ck_assert_uint_le(seen->ended, ended_of(shared));
    ck_assert_uint_le(seen->watched - seen->watched / 50,
                      sum_of(shared, CCTV_SERIES_WATCHED));
    ck_assert_uint_le(over, counted + killed);
    ck_assert_uint_le(counted, over + killed);
    ck_assert_uint_le(seen->answered, seen->with_video + killed);
    ck_assert_uint_gt(seen->answered, 0);
    ck_assert_uint_le(*shared->discarded.next, seen->janus);
    ck_assert_uint_eq(seen->strange, 0);
    ck_assert_uint_le(shared->series.head->used, SERIES);
}

START_TEST(processes_that_are_killed_neither_keep_slots_nor_count_twice)
{
    actor_t actor = { .shared = make_shared_for_all(SESSIONS, SERIES) };
    seen_t *seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(seen, MAP_FAILED);
    seen->clock = START;
    actor.seen = seen;
    kill_some(&actor);
    check_counts_of_killed(&actor.shared, seen);
    check_slots(&actor.shared, seen);
    munmap(seen, sizeof *seen);
}
END_TEST

TCase *stress_tests(void)
{
    TCase *tc = tcase_create("stress");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, whatever_threads_do_at_once_is_counted_once);
    tcase_add_test(
        tc, processes_that_are_killed_neither_keep_slots_nor_count_twice);
    return tc;
}
