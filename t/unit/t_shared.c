/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_shared.c
 * @brief Shared by the tests of the shared memory.
 */
#include "t_common.h"
#include "t_shared.h"

#include "database/counters.h"
#include "events/memory.h"
#include "metrics/requests.h"

#include "apr_strings.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

bool has_events;

typedef struct {
    void *memory;
    size_t size;
} mapping_t;

static apr_status_t give_back(void *memory)
{
    free(memory);
    return APR_SUCCESS;
}

static apr_status_t unmap(void *mapping_)
{
    mapping_t *mapping = mapping_;

    munmap(mapping->memory, mapping->size);
    return APR_SUCCESS;
}

static cctv_segment_t *plan(uint32_t max_sessions, uint32_t max_series)
{
    cctv_segment_t *segment = apr_palloc(pool, sizeof *segment);

    cctv_segment_plan(segment);
    cctv_segment_add(segment, &cctv_views_region, max_sessions);
    cctv_segment_add(segment, &cctv_series_region, max_series);
    cctv_segment_add(segment, &cctv_created_region, max_series);
    cctv_segment_add(segment, &cctv_database_region, 0);
    cctv_segment_add(segment, &cctv_requests_region, 0);
    if (has_events) {
        cctv_segment_add(segment, &cctv_events_region, max_sessions);
    }
    return segment;
}

static const char *key_of(const cctv_views_t *shared)
{
    return apr_psprintf(pool, "segment of %pp", (void *)shared->head);
}

cctv_segment_t *segment_of(const cctv_views_t *shared)
{
    void *segment = NULL;

    apr_pool_userdata_get(&segment, key_of(shared), pool);
    ck_assert_ptr_nonnull(segment);
    return segment;
}

static cctv_views_t lay_out(cctv_segment_t *segment, void *memory)
{
    cctv_views_t shared;

    ck_assert(cctv_segment_init(segment, memory, 1));
    cctv_views_open(&shared, segment);
    apr_pool_userdata_set(segment, key_of(&shared), NULL, pool);
    return shared;
}

cctv_views_t make_shared(uint32_t max_sessions, uint32_t max_series)
{
    cctv_segment_t *segment = plan(max_sessions, max_series);
    size_t size = cctv_segment_size(segment);
    void *memory = aligned_alloc(64, size);

    ck_assert_ptr_nonnull(memory);
    apr_pool_cleanup_register(pool, memory, give_back, apr_pool_cleanup_null);
    memset(memory, 0, size);
    return lay_out(segment, memory);
}

cctv_views_t make_shared_for_all(uint32_t max_sessions, uint32_t max_series)
{
    mapping_t *mapping = apr_palloc(pool, sizeof *mapping);
    cctv_segment_t *segment = plan(max_sessions, max_series);

    mapping->size = cctv_segment_size(segment);
    mapping->memory = mmap(NULL, mapping->size, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(mapping->memory, MAP_FAILED);
    apr_pool_cleanup_register(pool, mapping, unmap, apr_pool_cleanup_null);
    return lay_out(segment, mapping->memory);
}

cctv_moment_t at(cctv_time_t time)
{
    return (cctv_moment_t){ .time = time, .day = DAY };
}

cctv_viewer_t viewer_of(int32_t camera)
{
    return (cctv_viewer_t){ .camera = camera,
                            .country = 1,
                            .browser = 2,
                            .os = 3,
                            .timeout = TIMEOUT / 1000 };
}

cctv_view_status_t start_view(cctv_views_t *shared,
                              const cctv_viewer_t *viewer, cctv_moment_t now,
                              cctv_view_t *view)
{
    cctv_view_status_t status = cctv_view_reserve(shared, viewer, now, view);

    /* Threads and killed processes call this, so Check's macros, whose messages
     * have no lock, are not for it. */
    if (status == CCTV_VIEW_STARTED
        && !cctv_view_publish(shared, viewer, now, view)) {
        abort();
    }
    return status;
}

bool table_start(cctv_view_table_t *table, cctv_view_t *view, cctv_time_t now)
{
    if (!cctv_view_table_claim(table, view, now)
        || !cctv_view_table_prepare(table, view, now)) {
        return false;
    }
    cctv_view_table_go_live(table, view);
    return true;
}

bool table_resume(cctv_view_table_t *table, cctv_view_t *view)
{
    if (!cctv_view_table_claim_again(table, view)) {
        return false;
    }
    cctv_view_table_prepare_again(table, view);
    cctv_view_table_go_live(table, view);
    return true;
}

bool table_end(cctv_view_table_t *table, const cctv_view_t *view,
               cctv_time_t now)
{
    cctv_view_t closed = *view;

    if (!cctv_view_table_close(table, &closed, now)) {
        return false;
    }
    cctv_view_table_free(table, &closed, now);
    return true;
}

cctv_view_t must_start(cctv_views_t *shared, int32_t camera)
{
    cctv_viewer_t viewer = viewer_of(camera);
    cctv_view_t view;

    ck_assert_int_eq(start_view(shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    return view;
}

static uint64_t value_of(const cctv_views_t *shared,
                         const cctv_labels_t *labels)
{
    cctv_labels_t found;
    uint32_t i;

    for (i = 0; i < shared->series.slots; i++) {
        if (cctv_series_labels(&shared->series, i, &found)
            && found.kind == labels->kind && found.camera == labels->camera
            && found.country == labels->country
            && found.browser == labels->browser && found.os == labels->os) {
            return cctv_series_value(&shared->series, i);
        }
    }
    return 0;
}

uint64_t starts_of(cctv_views_t *shared, int32_t camera)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
                                   .camera = camera,
                                   .country = 1,
                                   .browser = 2,
                                   .os = 3 };

    return value_of(shared, &labels);
}

uint64_t watched_of(cctv_views_t *shared, int32_t camera)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED,
                                   .camera = camera,
                                   .country = 1 };

    return value_of(shared, &labels);
}

uint64_t sum_of(const cctv_views_t *shared, cctv_series_kind_t kind)
{
    cctv_labels_t labels;
    uint64_t sum = 0;
    uint32_t i;

    for (i = 0; i < cctv_series_cells(&shared->series); i++) {
        if (cctv_series_labels(&shared->series, i, &labels)
            && labels.kind == kind) {
            sum += cctv_series_value(&shared->series, i);
        }
    }
    return sum;
}

uint32_t live_views(const cctv_views_t *shared, cctv_time_t now,
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
            count += cctv_view_is_started(&view);
        }
    }
    if (watched != NULL) {
        *watched = shown;
    }
    return count;
}

uint64_t ended_of(const cctv_views_t *shared)
{
    uint64_t sum = 0;
    int i;

    for (i = 0; i < CCTV_ENDED_COUNT; i++) {
        sum += cctv_counted(&shared->head->counters.ended[i]);
    }
    return sum;
}

uint32_t take_all_slots(cctv_views_t *shared, cctv_time_t now)
{
    cctv_view_t view = { .camera = 1, .timeout = 1000 };
    uint32_t count = 0;

    while (table_start(&shared->table, &view, now)) {
        count++;
    }
    return count;
}

static void die(int signal)
{
    (void)signal;
    raise(SIGKILL);
}

static void stop(int signal)
{
    (void)signal;
    for (;;) {
        raise(SIGSTOP);
    }
}

/* Fill a slot from an empty mapped file: the first access raises SIGBUS. */
static void claim(const cctv_views_t *shared, cctv_time_t now, bool lives)
{
    struct sigaction action = { .sa_handler = lives ? stop : die };
    cctv_view_t view = { .camera = 1, .timeout = 1000 };
    cctv_view_table_t table = shared->table;
    size_t size = sizeof *table.slots * table.max;

    sigaction(SIGBUS, &action, NULL);
    table.slots = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                       memfd_create("slots", 0), 0);
    table_start(&table, &view, now);
    _exit(1);
}

pid_t fork_claimer(const cctv_views_t *shared, cctv_time_t now, bool lives)
{
    pid_t pid = fork();
    int status;

    assert_forked(pid);
    if (pid == 0) {
        claim(shared, now, lives);
    }
    ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
    ck_assert(lives ? WIFSTOPPED(status)
                    : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return pid;
}

void kill_process(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
