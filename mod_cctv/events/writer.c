/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writer.c
 * @brief Writes the events of the queue to all event logs.
 * Layer: pure.
 */
#include "events/writer.h"

#include "events/chain.h"
#include "events/line.h"

#include <errno.h>
#include <string.h>

_Static_assert(CCTV_LINE_SIZE <= CCTV_BATCH_SIZE, "a line is not a batch");

/* ---- Positions that are not ready ---- */

/* @return whether the event of a claimed position may still come */
static bool may_come(cctv_writer_t *writer, uint64_t position,
                     cctv_owner_t owner, cctv_time_t now)
{
    bool is_slot = (owner & 1) != 0;

    if (is_slot && writer->is_recovered != NULL
        && writer->is_recovered(owner >> 1)) {
        return true;
    }
    if (!is_slot && cctv_single_is_dead((pid_t)(owner >> 1))) {
        return false;
    }
    if (writer->awaited != position || writer->since == 0) {
        writer->awaited = position;
        writer->since = now;
    }
    return now - writer->since < CCTV_OWNER_PATIENCE;
}

/* @return what is at a position; what will never come is void */
static cctv_cell_state_t look(cctv_writer_t *writer, uint64_t position,
                              cctv_time_t now, cctv_log_event_t *event)
{
    cctv_queue_t *queue = &writer->events->queue;
    cctv_owner_t owner;
    cctv_cell_state_t state = cctv_queue_look(queue, position, &owner, event);

    if (state != CCTV_CELL_CLAIMED || may_come(writer, position, owner, now)) {
        return state;
    }
    cctv_queue_drop(queue, position, owner);
    return cctv_queue_look(queue, position, &owner, event);
}

/* ---- Lines ---- */

/* Add a line to the batch, if it fits. */
static bool add_line(const cctv_writer_t *writer, cctv_log_t *log,
                     cctv_log_state_t *state, const cctv_log_event_t *event,
                     int64_t wall)
{
    char line[CCTV_LINE_SIZE];
    char chain[CCTV_CHAIN_TEXT_SIZE];
    cctv_line_frame_t frame = { .node = writer->node,
                                .number = state->lines + 1 };
    size_t len;

    if (writer->chain_key != NULL) {
        cctv_chain_text(state->chain, chain);
        frame.chain = chain;
    }
    len = event == NULL
              ? cctv_line_write_missing(state->missing, wall, &frame, line)
              : cctv_line_write(event, &frame, line);
    if (len > CCTV_BATCH_SIZE - log->len) {
        return false;
    }
    if (writer->chain_key != NULL) {
        cctv_chain_hash(writer->chain_key, line, len - 1, state->chain);
    }
    memcpy(log->batch + log->len, line, len);
    log->len += (uint32_t)len;
    state->lines++;
    return true;
}

/* Fill the batch with what is ready. @return whether there is anything */
static bool fill_batch(cctv_writer_t *writer, cctv_log_t *log, cctv_time_t now,
                       int64_t wall)
{
    cctv_log_state_t *state = cctv_log_other(log);
    cctv_cell_state_t found;
    cctv_log_event_t event;

    *state = *cctv_log_next(log);
    if (state->cursor < atomic_load(&writer->events->queue.tail)) {
        /* The server was not stopped in time. */
        state->cursor = atomic_load(&writer->events->queue.tail);
    }
    log->len = 0;
    log->lines = 0;
    if (state->missing > 0 && add_line(writer, log, state, NULL, wall)) {
        state->missing = 0;
    }
    for (;; state->cursor++) {
        found = look(writer, state->cursor, now, &event);
        if (found == CCTV_CELL_READY) {
            if (!add_line(writer, log, state, &event, wall)) {
                break;
            }
            log->lines++;
        }
        else if (found != CCTV_CELL_VOID) {
            break;
        }
    }
    if (log->len == 0) {
        /* Void positions are skipped without a batch. */
        cctv_log_next(log)->cursor = state->cursor;
    }
    return log->len > 0;
}

static void note_stuck(cctv_writer_t *writer, uint32_t number, int error)
{
    cctv_log_t *log = &writer->events->logs[number];

    if (!log->is_stuck && (error != 0 || cctv_log_next(log)->missing > 0)) {
        log->is_stuck = 1;
        writer->tell_stuck(number, cctv_log_next(log)->missing, error);
    }
}

static void note_goes_on(cctv_writer_t *writer, uint32_t number,
                         uint64_t missing)
{
    cctv_log_t *log = &writer->events->logs[number];

    if (log->is_stuck) {
        log->is_stuck = 0;
        writer->tell_goes_on(number, missing);
    }
}

/* @return whether the log has got everything that is ready */
static bool write_log(cctv_writer_t *writer, uint32_t number, cctv_time_t now,
                      int64_t wall)
{
    cctv_log_t *log = &writer->events->logs[number];
    uint64_t head = atomic_load(&writer->events->queue.head);

    do {
        uint64_t missing = cctv_log_next(log)->missing;
        cctv_log_outcome_t outcome;

        if (!cctv_log_is_busy(log)) {
            if (!fill_batch(writer, log, now, wall)) {
                return true;
            }
            cctv_log_begin(log);
        }
        outcome = cctv_log_send(log, &writer->targets[number]);
        if (outcome != CCTV_LOG_DONE) {
            note_stuck(writer, number, outcome == CCTV_LOG_FAILED ? errno : 0);
            return false;
        }
        cctv_count_more(&writer->events->counters.written, log->lines);
        note_goes_on(writer, number, missing);
        /* What comes meanwhile has time: the other logs get their turn. */
    } while (cctv_log_next(log)->cursor < head);
    return true;
}

/* ---- All logs ---- */

/* Drop events for a log that has not got them. */
static void skip_to(cctv_writer_t *writer, uint32_t number, uint64_t position,
                    cctv_time_t now)
{
    cctv_log_state_t *state = cctv_log_next(&writer->events->logs[number]);
    cctv_log_event_t event;

    for (; state->cursor < position; state->cursor++) {
        cctv_cell_state_t found = look(writer, state->cursor, now, &event);

        if (found == CCTV_CELL_READY) {
            state->missing++;
            cctv_count(&writer->events->counters.dropped);
        }
        else if (found != CCTV_CELL_VOID) {
            return;
        }
    }
}

/* How many events may wait for a log: fewer if ends wait for room because it has
 * got nothing for a while. */
static uint64_t most_of(cctv_writer_t *writer, uint32_t number, uint64_t head,
                        cctv_time_t now)
{
    uint64_t at = cctv_log_next(&writer->events->logs[number])->cursor;

    if (at != writer->reached[number] || at >= head) {
        writer->reached[number] = at;
        writer->moved[number] = now;
    }
    return now - writer->moved[number] < CCTV_LOG_PATIENCE
                   || head - at < CCTV_QUEUE_SIZE - CCTV_QUEUE_SPARE_ENDS
               ? CCTV_QUEUE_MOST
               : CCTV_QUEUE_MOST / 2;
}

static void release(cctv_writer_t *writer, cctv_time_t now)
{
    cctv_queue_t *queue = &writer->events->queue;
    uint64_t head = atomic_load(&queue->head);
    uint64_t least = UINT64_MAX;
    uint32_t i;

    for (i = 0; i < writer->count; i++) {
        cctv_log_t *log = &writer->events->logs[i];
        uint64_t most = most_of(writer, i, head, now);

        if (cctv_log_next(log)->cursor + most < head) {
            skip_to(writer, i, head - most, now);
            note_stuck(writer, i, 0);
        }
        if (cctv_log_next(log)->cursor < least) {
            least = cctv_log_next(log)->cursor;
        }
    }
    if (writer->count > 0) {
        cctv_queue_release(queue, least);
    }
}

bool cctv_writer_step(cctv_writer_t *writer, cctv_time_t now, int64_t wall)
{
    bool is_done = true;
    uint32_t i;

    for (i = 0; i < writer->count; i++) {
        is_done = write_log(writer, i, now, wall) && is_done;
    }
    release(writer, now);
    return is_done;
}

void cctv_writer_settle(cctv_writer_t *writer)
{
    uint32_t i;

    for (i = 0; i < writer->count; i++) {
        uint32_t lost = cctv_log_settle(&writer->events->logs[i],
                                        &writer->targets[i]);

        cctv_count_more(&writer->events->counters.dropped, lost);
    }
}

void cctv_writer_give_up(cctv_writer_t *writer)
{
    uint32_t i;

    for (i = 0; i < writer->count; i++) {
        cctv_count_more(&writer->events->counters.dropped,
                        cctv_log_give_up(&writer->events->logs[i]));
    }
}

/* ---- The places of logs ---- */

static const cctv_log_t *find_log(const cctv_log_t *logs, uint64_t name)
{
    uint32_t i;

    for (i = 0; i < CCTV_LOGS_MAX; i++) {
        if (logs[i].name == name) {
            return &logs[i];
        }
    }
    return NULL;
}

/* Not thread-safe, but the parent has one thread. */
void cctv_writer_set_logs(cctv_events_t *events, const uint64_t *names,
                          uint32_t count)
{
    static cctv_log_t before[CCTV_LOGS_MAX];
    /* After a restart there may be ends of views that did not survive it. */
    uint64_t from = atomic_load(atomic_load(&events->log_count) == 0
                                    ? &events->queue.tail
                                    : &events->queue.head);
    uint32_t i;

    memcpy(before, events->logs, sizeof before);
    memset(events->logs, 0, sizeof events->logs);
    for (i = 0; i < count; i++) {
        const cctv_log_t *old = find_log(before, names[i]);

        if (old != NULL) {
            memcpy(&events->logs[i], old, sizeof *old);
        }
        else {
            events->logs[i].name = names[i];
            events->logs[i].states[0].cursor = from;
        }
    }
    if (count == 0) {
        cctv_queue_release(&events->queue, atomic_load(&events->queue.head));
    }
    atomic_store(&events->log_count, count);
}
