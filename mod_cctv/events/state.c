/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.c
 * @brief Writes what the events part knows to the state file, and reads it
 *        back.
 * Layer: pure.
 */
#include "events/state.h"

#include "events/view_events.h"
#include "views/memory.h"
#include "views/view_id.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

typedef enum {
    KIND_VIEW = 1,
    KIND_LOG,
    KIND_EVENT
} kind_t;

/* All records begin with their kind. New members are appended, and zero has to
 * mean "not known". */
typedef struct {
    uint64_t kind;
    uint64_t secret[2];
    uint32_t home;
    uint32_t timeout; /* ms */
    cctv_time_t last;
    int64_t saved; /* µs since 1970 */
    cctv_log_event_t end;
} view_record_t;

typedef struct {
    uint64_t kind;
    uint64_t name;
    uint64_t tail; /* where the queue begins */
    cctv_log_state_t state;
} log_record_t;

typedef struct {
    uint64_t kind;
    uint64_t position;
    cctv_log_event_t event;
} event_record_t;

_Static_assert(sizeof(view_record_t) == 48 + sizeof(cctv_log_event_t),
               "a gap");
_Static_assert(sizeof(log_record_t) == 24 + sizeof(cctv_log_state_t), "a gap");

/* No queue gets this far. */
#define POSITION_BITS 50

static int64_t wall_clock(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- Saving ---- */

static void save_views(const cctv_segment_t *segment,
                       cctv_state_writer_t *writer)
{
    cctv_view_events_t events;
    cctv_views_t views;
    cctv_view_t view;
    uint32_t i;

    cctv_views_open(&views, segment);
    cctv_view_events_open(&events, segment);
    for (i = cctv_view_table_next(&views.table, 0); i < views.table.max;
         i = cctv_view_table_next(&views.table, i + 1)) {
        view_record_t record = { .kind = KIND_VIEW, .saved = wall_clock() };
        cctv_event_details_t details;

        if (!cctv_view_table_get(&views.table, i, &view)
            || !cctv_view_events_are_owed(&events, &view)) {
            continue;
        }
        memcpy(record.secret, view.secret, sizeof record.secret);
        record.home = view.home;
        record.timeout = view.timeout;
        record.last = view.last;
        cctv_view_events_read(&events, &view, &details);
        record.end.kind = CCTV_EVENT_END;
        cctv_view_events_fill(&events, &view, &details, &record.end);
        cctv_state_put(writer, cctv_events_region.name, &record,
                       sizeof record);
    }
}

/* Positions behind the last event are used again after the restart.
 * @return the first one of them */
static uint64_t end_of_queue(const cctv_queue_t *queue)
{
    uint64_t tail = atomic_load(&queue->tail);
    uint64_t end = atomic_load(&queue->head);
    cctv_log_event_t event;
    cctv_owner_t owner;

    while (end > tail
           && cctv_queue_look(queue, end - 1, &owner, &event)
                  != CCTV_CELL_READY) {
        end--;
    }
    return end > tail ? end : tail;
}

static void save_logs(const cctv_events_t *events, cctv_state_writer_t *writer)
{
    uint64_t end = end_of_queue(&events->queue);
    uint32_t i;

    for (i = 0; i < CCTV_LOGS_MAX && events->logs[i].name != 0; i++) {
        log_record_t record = {
            .kind = KIND_LOG,
            .name = events->logs[i].name,
            .tail = atomic_load(&events->queue.tail),
            .state = *cctv_log_current(&events->logs[i]),
        };

        if (record.state.cursor > end) {
            record.state.cursor = end;
        }
        cctv_state_put(writer, cctv_events_region.name, &record,
                       sizeof record);
    }
}

static void save_queue(const cctv_events_t *events,
                       cctv_state_writer_t *writer)
{
    uint64_t end = atomic_load(&events->queue.head);
    event_record_t record = { .kind = KIND_EVENT };
    cctv_owner_t owner;

    for (record.position = atomic_load(&events->queue.tail);
         record.position < end; record.position++) {
        if (cctv_queue_look(&events->queue, record.position, &owner,
                            &record.event)
            == CCTV_CELL_READY) {
            cctv_state_put(writer, cctv_events_region.name, &record,
                           sizeof record);
        }
    }
}

void cctv_events_save(const cctv_segment_t *segment, bool is_clean,
                      cctv_time_t now, cctv_state_writer_t *writer)
{
    const cctv_events_t *events = cctv_events_open(segment);

    (void)now;
    /* Where the queue begins has to be known before anything is put in. */
    if (is_clean) {
        save_logs(events, writer);
        save_queue(events, writer);
    }
    save_views(segment, writer);
}

/* ---- Loading ---- */

static bool is_event_sound(const cctv_log_event_t *event)
{
    return event->kind <= CCTV_EVENT_ACTION
           && event->client.len <= sizeof event->client.bytes
           && memchr(event->reason, '\0', sizeof event->reason) != NULL
           && memchr(event->action, '\0', sizeof event->action) != NULL
           && event->camera >= 0 && event->watched >= 0;
}

/* @return the kind of a record; 0: it is damaged */
static kind_t kind_of(const void *record, size_t size)
{
    uint64_t kind = 0;

    if (size >= sizeof kind) {
        memcpy(&kind, record, sizeof kind);
    }
    if ((kind == KIND_VIEW && size >= sizeof(view_record_t))
        || (kind == KIND_LOG && size >= sizeof(log_record_t))
        || (kind == KIND_EVENT && size >= sizeof(event_record_t))) {
        return (kind_t)kind;
    }
    return 0;
}

bool cctv_events_is_sound(const void *record, size_t size)
{
    view_record_t view;
    event_record_t event;
    log_record_t log;

    switch (kind_of(record, size)) {
    case KIND_VIEW:
        memcpy(&view, record, sizeof view);
        return is_event_sound(&view.end) && (view.secret[0] | view.secret[1]);
    case KIND_EVENT:
        memcpy(&event, record, sizeof event);
        return is_event_sound(&event.event)
               && event.position >> POSITION_BITS == 0;
    case KIND_LOG:
        memcpy(&log, record, sizeof log);
        return log.tail >> POSITION_BITS == 0
               && log.state.cursor >> POSITION_BITS == 0;
    default:
        return false;
    }
}

/* @return whether the view of a record goes on */
static bool find_view(const cctv_state_load_t *load,
                      const view_record_t *record, cctv_view_t *view)
{
    cctv_view_t named = { .home = record->home,
                          .secret = { record->secret[0], record->secret[1] } };
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_views_t views;

    cctv_views_open(&views, load->segment);
    cctv_view_id(&named, id);
    return cctv_view_table_find(&views.table, id, view);
}

/* Put the end of a view into the queue that does not go on. */
static void end_view(const cctv_state_load_t *load, view_record_t *record)
{
    cctv_events_t *events = cctv_events_open(load->segment);
    bool is_expired = load->is_clean && load->is_same_boot
                      && load->now - record->last
                             > (cctv_time_t)record->timeout * 1000;

    record->end.time = is_expired
                           ? record->saved - (load->saved - record->last)
                           : record->saved;
    cctv_event_set(
        record->end.reason, sizeof record->end.reason,
        !is_expired
            ? CCTV_EVENT_RESTART
            : cctv_ended_labels[record->end.is_answered ? CCTV_ENDED_EXPIRED
                                                        : CCTV_ENDED_OFFERED]);
    if (!cctv_queue_put(&events->queue, &record->end, 0)) {
        cctv_count(&events->counters.dropped);
    }
}

static cctv_record_t load_view(const cctv_state_load_t *load,
                               view_record_t *record)
{
    cctv_view_events_t events;
    cctv_event_details_t details;
    cctv_view_t view;

    if (!find_view(load, record, &view)) {
        end_view(load, record);
        return CCTV_RECORD_OVER;
    }
    details = (cctv_event_details_t){ .started = record->end.started,
                                      .picture = record->end.first_picture,
                                      .client = record->end.client };
    memcpy(details.role, record->end.role, sizeof details.role);
    memcpy(details.user, record->end.user, sizeof details.user);
    cctv_view_events_open(&events, load->segment);
    cctv_view_events_resume(&events, &view, &details);
    return CCTV_RECORD_TAKEN;
}

static cctv_record_t load_log(const cctv_state_load_t *load,
                              const log_record_t *record)
{
    cctv_events_t *events = cctv_events_open(load->segment);
    uint32_t i;

    if (load->is_clean && atomic_load(&events->queue.head) == 0) {
        cctv_queue_begin(&events->queue, record->tail);
    }
    for (i = 0; load->is_clean && i < CCTV_LOGS_MAX; i++) {
        if (events->logs[i].name == 0) {
            events->logs[i].name = record->name;
            events->logs[i].states[0] = record->state;
            return CCTV_RECORD_TAKEN;
        }
    }
    return CCTV_RECORD_DROPPED;
}

/* Events keep their positions, to which the logs refer. */
static cctv_record_t load_event(const cctv_state_load_t *load,
                                const event_record_t *record)
{
    cctv_queue_t *queue = &cctv_events_open(load->segment)->queue;
    cctv_owner_t owner = cctv_owner_process(getpid());
    uint64_t position;

    while (load->is_clean && cctv_queue_claim(queue, owner, 0, &position)) {
        if (position == record->position) {
            cctv_queue_publish(queue, position, owner, &record->event);
            return CCTV_RECORD_TAKEN;
        }
        cctv_queue_drop(queue, position, owner);
        if (position > record->position) {
            break;
        }
    }
    return CCTV_RECORD_DROPPED;
}

cctv_record_t cctv_events_load(const cctv_state_load_t *load,
                               const void *record, size_t size)
{
    view_record_t view;
    log_record_t log;
    event_record_t event;

    switch (kind_of(record, size)) {
    case KIND_VIEW:
        memcpy(&view, record, sizeof view);
        return load_view(load, &view);
    case KIND_LOG:
        memcpy(&log, record, sizeof log);
        return load_log(load, &log);
    default:
        memcpy(&event, record, sizeof event);
        return load_event(load, &event);
    }
}
