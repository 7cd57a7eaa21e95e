/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.c
 * @brief The life of a view from its start to its end, and the counters.
 * Layer: pure.
 */
#include "views/views.h"

/* The shortest time between two sweeps, and two searches for a free slot,
 * while the table is full: µs. With a million views each takes some
 * milliseconds. */
#define FULL_PAUSE 100000

/* The shortest time between two sweeps of starts that reach a limit: µs. The
 * watchdog sweeps once a second, so this matters only for servers without
 * one. */
#define LIMIT_PAUSE 1500000

/* The keys of places; the key of a client is its keyed hash. */
#define CAMERA_KEY(camera) (UINT64_C(1) << 40 | (uint32_t)(camera))
#define VIDEO_KEY          (UINT64_C(2) << 40)

static uint32_t watched_cell(cctv_views_t *shared, int32_t camera,
                             uint16_t country)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED,
                                   .camera = camera,
                                   .country = country };

    return cctv_series_cell(&shared->series, &labels);
}

static uint32_t starts_cell(cctv_views_t *shared, const cctv_viewer_t *viewer)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
                                   .camera = viewer->camera,
                                   .country = viewer->country,
                                   .browser = viewer->browser,
                                   .os = viewer->os };

    return cctv_series_cell(&shared->series, &labels);
}

/* ---- Places ---- */

static const uint32_t all_kinds[] = { CCTV_HOLDS_CLIENT, CCTV_HOLDS_CAMERA,
                                      CCTV_HOLDS_VIDEO };

#define KINDS (sizeof all_kinds / sizeof all_kinds[0])

static uint64_t key_of(const cctv_views_t *shared, uint32_t index,
                       uint32_t kind)
{
    const cctv_view_table_t *table = &shared->table;

    switch (kind) {
    case CCTV_HOLDS_CLIENT:
        return atomic_load(&table->clients[index]);
    case CCTV_HOLDS_CAMERA:
        return CAMERA_KEY(atomic_load(&table->slots[index].camera));
    default:
        return VIDEO_KEY;
    }
}

/* If the process is killed in this function, its slot stays marked as moving.
 * settle() then finds out by counting whether the count has changed. */
static cctv_place_t take_place(cctv_views_t *shared, uint32_t index,
                               uint32_t kind, uint32_t limit)
{
    uint32_t held = cctv_view_table_held(&shared->table, index);
    cctv_place_t result;

    cctv_view_table_hold(&shared->table, index, held | kind * CCTV_MOVING);
    result = cctv_places_take(&shared->places, key_of(shared, index, kind),
                              limit);
    cctv_view_table_hold(&shared->table, index,
                         result == CCTV_PLACE_TAKEN ? held | kind : held);
    return result;
}

static void give_place(cctv_views_t *shared, uint32_t index, uint32_t kind)
{
    uint32_t held = cctv_view_table_held(&shared->table, index) & ~kind;

    cctv_view_table_hold(&shared->table, index, held | kind * CCTV_MOVING);
    cctv_places_give(&shared->places, key_of(shared, index, kind), 1);
    cctv_view_table_hold(&shared->table, index, held);
}

static void give_places(cctv_views_t *shared, uint32_t index)
{
    size_t i;

    for (i = 0; i < KINDS; i++) {
        if ((cctv_view_table_held(&shared->table, index) & all_kinds[i])
            != 0) {
            give_place(shared, index, all_kinds[i]);
        }
    }
}

/* The caller has claimed the slot. */
static void free_slot(cctv_views_t *shared, const cctv_view_t *view,
                      cctv_time_t now)
{
    give_places(shared, view->index);
    cctv_view_table_free(&shared->table, view, now);
    if (atomic_load(&shared->places.head->full_until) != 0) {
        atomic_store(&shared->places.head->full_until, 0);
    }
}

/* ---- Places of dead processes ---- */

/* The places of one key, as a walk over all slots has found them. */
typedef struct {
    uint32_t held;
    uint32_t unsettled; /* slots that dead processes left marked as moving */
    bool is_moving;     /* a process that lives is moving a place */
} places_seen_t;

static places_seen_t see_places(const cctv_views_t *shared, uint64_t key,
                                uint32_t kind)
{
    const cctv_view_table_t *table = &shared->table;
    places_seen_t seen = { .held = 0 };
    uint32_t i;

    for (i = 0; i < table->max; i++) {
        uint32_t held;

        if (!cctv_view_table_is_used(table, i)) {
            continue;
        }
        held = cctv_view_table_held(table, i);
        if ((held & (kind | kind * CCTV_MOVING)) == 0
            || key_of(shared, i, kind) != key) {
            continue;
        }
        if ((held & kind) != 0) {
            seen.held++;
        }
        else if (cctv_view_table_is_abandoned(table, i)) {
            seen.unsettled++;
        }
        else {
            seen.is_moving = true;
        }
    }
    return seen;
}

/* Correct the count that a process was changing when it was killed; it may be
 * one too high. The count is compared with the slots. Nothing is corrected if
 * a process that lives changes a count of the bucket meanwhile.
 * @return whether the count is right now */
static bool settle(cctv_views_t *shared, uint32_t index, uint32_t kind)
{
    uint64_t key = key_of(shared, index, kind);
    uint64_t changes = cctv_places_changes(&shared->places, key);
    uint32_t count = cctv_places_count(&shared->places, key);
    places_seen_t seen = see_places(shared, key, kind);

    if (seen.is_moving
        || changes != cctv_places_changes(&shared->places, key)) {
        return false;
    }
    if (count > seen.held) {
        uint32_t excess = count - seen.held;

        cctv_places_give(&shared->places, key,
                         excess < seen.unsettled ? excess : seen.unsettled);
    }
    cctv_view_table_hold(&shared->table, index,
                         cctv_view_table_held(&shared->table, index)
                             & ~(kind * CCTV_MOVING));
    return true;
}

/* The claimer of the slot is dead. */
static void recover_slot(cctv_views_t *shared, uint32_t index, cctv_time_t now)
{
    size_t i;

    for (i = 0; i < KINDS; i++) {
        uint32_t held = cctv_view_table_held(&shared->table, index);

        if ((held & all_kinds[i] * CCTV_MOVING) != 0
            && !settle(shared, index, all_kinds[i])) {
            /* The next sweep tries again. */
            return;
        }
    }
    give_places(shared, index);
    cctv_view_table_recover(&shared->table, index, now);
}

/* ---- Start ---- */

static cctv_view_status_t refuse(cctv_views_t *shared, cctv_refused_t reason,
                                 cctv_view_status_t status)
{
    cctv_count(&shared->head->counters.refused[reason]);
    return status;
}

/* Sweep, unless the last sweep is less than `pause` µs old.
 * @return whether there was a sweep */
static bool sweep_again(cctv_views_t *shared, cctv_moment_t now,
                        cctv_time_t pause)
{
    cctv_time_t swept = atomic_load_explicit(&shared->head->swept,
                                             memory_order_relaxed);

    if (now.time - swept < pause) {
        return false;
    }
    cctv_views_sweep(shared, now);
    return true;
}

static bool is_known_full(const cctv_views_t *shared, cctv_time_t now)
{
    cctv_time_t until = atomic_load(&shared->places.head->full_until);

    return until != 0 && now < until && until - now <= FULL_PAUSE;
}

static bool claim_slot(cctv_views_t *shared, cctv_view_t *view,
                       cctv_moment_t now)
{
    if (is_known_full(shared, now.time)) {
        return false;
    }
    if (cctv_view_table_claim(&shared->table, view, now.time)
        || (sweep_again(shared, now, FULL_PAUSE)
            && cctv_view_table_claim(&shared->table, view, now.time))) {
        return true;
    }
    atomic_store(&shared->places.head->full_until, now.time + FULL_PAUSE);
    return false;
}

/* Take all places that a view needs and does not hold yet. If one cannot be
 * taken, the view keeps those that it has.
 * @return CCTV_VIEW_STARTED: it holds all of them */
static cctv_view_status_t take_places(cctv_views_t *shared, uint32_t index,
                                      const cctv_viewer_t *viewer)
{
    const struct {
        bool is_needed;
        uint32_t kind;
        uint32_t limit;
        cctv_view_status_t status;
    } needs[] = {
        { shared->table.clients[index] != 0, CCTV_HOLDS_CLIENT,
          viewer->max_per_client, CCTV_VIEW_CLIENT_FULL },
        { viewer->transport != CCTV_TRANSPORT_NONE, CCTV_HOLDS_VIDEO,
          viewer->max_viewers, CCTV_VIEW_BUSY },
        { viewer->transport != CCTV_TRANSPORT_NONE, CCTV_HOLDS_CAMERA,
          viewer->max_per_camera, CCTV_VIEW_CAMERA_BUSY },
    };
    size_t i;

    for (i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (!needs[i].is_needed
            || (cctv_view_table_held(&shared->table, index) & needs[i].kind)
                   != 0) {
            continue;
        }
        switch (take_place(shared, index, needs[i].kind, needs[i].limit)) {
        case CCTV_PLACE_TAKEN:
            break;
        case CCTV_PLACE_LIMIT:
            return needs[i].status;
        case CCTV_PLACE_NO_ROOM:
            return CCTV_VIEW_FULL;
        }
    }
    return CCTV_VIEW_STARTED;
}

static const cctv_refused_t refused_reasons[] = {
    [CCTV_VIEW_FULL] = CCTV_REFUSED_FULL,
    [CCTV_VIEW_CLIENT_FULL] = CCTV_REFUSED_CLIENT_FULL,
    [CCTV_VIEW_BUSY] = CCTV_REFUSED_VIEWERS,
    [CCTV_VIEW_CAMERA_BUSY] = CCTV_REFUSED_CAMERA_VIEWERS,
};

cctv_view_status_t cctv_view_reserve(cctv_views_t *shared,
                                     const cctv_viewer_t *viewer,
                                     cctv_moment_t now, cctv_view_t *view)
{
    cctv_view_status_t status;

    *view = (cctv_view_t){
        .camera = viewer->camera,
        .country = viewer->country,
        .timeout = viewer->timeout,
        .user = viewer->user,
        .role = viewer->role,
        /* Without a limit per client the views of a client are not counted. */
        .client = viewer->max_per_client > 0 ? viewer->client : 0,
        .transport = viewer->transport,
        .codec = viewer->codec,
        .is_second = viewer->is_second,
    };
    if (!claim_slot(shared, view, now)) {
        return refuse(shared, CCTV_REFUSED_FULL, CCTV_VIEW_FULL);
    }
    status = take_places(shared, view->index, viewer);
    if (status != CCTV_VIEW_STARTED && sweep_again(shared, now, LIMIT_PAUSE)) {
        status = take_places(shared, view->index, viewer);
    }
    if (status != CCTV_VIEW_STARTED) {
        free_slot(shared, view, now.time);
        return refuse(shared, refused_reasons[status], status);
    }
    return status;
}

bool cctv_view_publish(cctv_views_t *shared, const cctv_viewer_t *viewer,
                       cctv_moment_t now, cctv_view_t *view)
{
    view->janus = viewer->janus;
    view->handle = viewer->handle;
    view->series = watched_cell(shared, viewer->camera, viewer->country);
    if (!cctv_view_table_publish(&shared->table, view, now.time)) {
        return false;
    }
    cctv_series_add(&shared->series, starts_cell(shared, viewer), 1, now.day);
    /* Adding 0 makes the scrape show this camera and country from now on. */
    cctv_series_add(&shared->series, view->series, 0, now.day);
    return true;
}

void cctv_view_cancel(cctv_views_t *shared, const cctv_view_t *view,
                      cctv_moment_t now)
{
    free_slot(shared, view, now.time);
}

static void discard(cctv_views_t *shared, uint64_t janus)
{
    if (janus != 0) {
        cctv_discard_put(&shared->discarded, janus);
    }
}

cctv_view_status_t cctv_view_start(cctv_views_t *shared,
                                   const cctv_viewer_t *viewer,
                                   cctv_moment_t now, cctv_view_t *view)
{
    cctv_view_status_t status = cctv_view_reserve(shared, viewer, now, view);

    if (status == CCTV_VIEW_STARTED
        && !cctv_view_publish(shared, viewer, now, view)) {
        cctv_view_cancel(shared, view, now);
        status = refuse(shared, CCTV_REFUSED_FULL, CCTV_VIEW_FULL);
    }
    if (status != CCTV_VIEW_STARTED) {
        discard(shared, viewer->janus);
    }
    return status;
}

bool cctv_view_resume(cctv_views_t *shared, cctv_view_t *view)
{
    const cctv_viewer_t viewer = { .transport = view->transport };

    if (!cctv_view_table_claim_again(&shared->table, view)) {
        return false;
    }
    /* The limits may be lower than before the restart; views go on anyway. */
    take_places(shared, view->index, &viewer);
    cctv_view_table_publish_again(&shared->table, view);
    return true;
}

/* ---- Heartbeats and end ---- */

bool cctv_view_find(cctv_views_t *shared, const char *id, uint64_t user,
                    cctv_moment_t now, cctv_view_t *view)
{
    while (cctv_view_table_find(&shared->table, id, view)) {
        if (!cctv_view_is_over(view, now.time)) {
            return view->user == 0 || view->user == user;
        }
        cctv_view_end(shared, view, CCTV_ENDED_EXPIRED, now);
    }
    return false;
}

static void add_time(cctv_views_t *shared, const cctv_view_t *view,
                     int64_t interval, cctv_moment_t now)
{
    if (interval > 0) {
        cctv_series_add(&shared->series, view->series, (uint64_t)interval,
                        now.day);
    }
}

bool cctv_view_claim_answer(cctv_views_t *shared, const cctv_view_t *view)
{
    return cctv_view_table_claim_answer(&shared->table, view);
}

bool cctv_view_answer(cctv_views_t *shared, cctv_view_t *view,
                      cctv_moment_t now)
{
    return cctv_view_table_answer(&shared->table, view, now.time);
}

bool cctv_view_beat(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t now)
{
    cctv_time_t last = view->last;
    int64_t interval;

    /* A viewer of the proxy transport sends its SDP answer to Janus, not to
     * this server. So the view plays from its first heartbeat on. */
    if (view->answered < 0 && view->transport == CCTV_TRANSPORT_PROXY) {
        cctv_view_table_answer(&shared->table, view, now.time);
    }
    if (view->answered < 0) {
        return true;
    }
    if (!cctv_view_table_beat(&shared->table, view, now.time, &interval)) {
        return false;
    }
    if (last < view->answered) {
        interval -= view->answered - last;
    }
    add_time(shared, view, interval, now);
    return true;
}

bool cctv_view_end(cctv_views_t *shared, const cctv_view_t *view,
                   cctv_ended_t reason, cctv_moment_t now)
{
    cctv_view_t closed = *view;
    cctv_time_t from = view->last > view->answered ? view->last
                                                   : view->answered;

    if (!cctv_view_table_close(&shared->table, &closed, now.time)) {
        return false;
    }
    if (cctv_view_is_watched(view) && reason != CCTV_ENDED_EXPIRED
        && reason != CCTV_ENDED_GONE) {
        add_time(shared, view, now.time - from, now);
    }
    discard(shared, view->janus);
    cctv_count(&shared->head->counters.ended[reason]);
    free_slot(shared, &closed, now.time);
    return true;
}

/* Give back the slots and places of dead processes, unless another process is
 * doing so. */
static void recover_all(cctv_views_t *shared, cctv_time_t now)
{
    cctv_single_t *keeper = &shared->places.head->keeper;
    uint64_t ticket;
    uint32_t i;

    if (!cctv_single_enter(keeper, now, &ticket)) {
        return;
    }
    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_is_abandoned(&shared->table, i)) {
            recover_slot(shared, i, now);
        }
    }
    cctv_places_tidy(&shared->places);
    cctv_single_leave(keeper, ticket);
}

void cctv_views_sweep(cctv_views_t *shared, cctv_moment_t now)
{
    cctv_view_t view;
    bool has_abandoned = false;
    uint32_t i;

    atomic_store_explicit(&shared->head->swept, now.time,
                          memory_order_relaxed);
    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)) {
            if (cctv_view_is_over(&view, now.time)) {
                /* This fails if the view has had a heartbeat or has ended
                 * just now. */
                cctv_view_end(shared, &view, CCTV_ENDED_EXPIRED, now);
            }
        }
        else {
            has_abandoned = has_abandoned
                            || cctv_view_table_is_abandoned(&shared->table, i);
        }
    }
    if (has_abandoned) {
        recover_all(shared, now.time);
    }
}

uint32_t cctv_views_live(const cctv_views_t *shared, cctv_time_t now,
                         uint32_t *cells, uint32_t *watched)
{
    cctv_view_t view;
    uint32_t count = 0;
    uint32_t shown = 0;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && !cctv_view_is_over(&view, now)) {
            if (cells != NULL && cctv_view_is_watched(&view)) {
                cells[shown++] = view.series;
            }
            count++;
        }
    }
    if (watched != NULL) {
        *watched = shown;
    }
    return count;
}

uint32_t cctv_views_of_client(const cctv_views_t *shared, uint64_t client)
{
    return cctv_places_count(&shared->places, client);
}

uint32_t cctv_views_of_camera(const cctv_views_t *shared, int32_t camera)
{
    return cctv_places_count(&shared->places, CAMERA_KEY(camera));
}

uint32_t cctv_views_with_video(const cctv_views_t *shared)
{
    return cctv_places_count(&shared->places, VIDEO_KEY);
}

bool cctv_views_are_full(const cctv_views_t *shared, cctv_time_t now)
{
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (!cctv_view_table_get(&shared->table, i, &view)
            || cctv_view_is_over(&view, now)) {
            return false;
        }
    }
    return true;
}
