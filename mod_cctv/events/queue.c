/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file queue.c
 * @brief The events that are still to be written, in shared memory.
 * Layer: pure.
 */
#include "events/queue.h"

#include <string.h>
#include <unistd.h>

/* A word: the round (39 bits), the owner (23), the state (2). */
#define STATE_BITS 2
#define OWNER_BITS 23
#define STATE(w)   ((cctv_cell_state_t)((w)&3))
#define OWNER(w)                                                              \
    ((cctv_owner_t)((w) >> STATE_BITS) & ((UINT32_C(1) << OWNER_BITS) - 1))
#define ROUND(w) ((w) >> (STATE_BITS + OWNER_BITS))

static uint64_t word_of(uint64_t position, cctv_owner_t owner,
                        cctv_cell_state_t state)
{
    return (position / CCTV_QUEUE_SIZE) << (STATE_BITS + OWNER_BITS)
           | (uint64_t)owner << STATE_BITS | (uint64_t)state;
}

static cctv_queue_cell_t *cell_at(cctv_queue_t *queue, uint64_t position)
{
    return &queue->cells[position % CCTV_QUEUE_SIZE];
}

static uint64_t word_at(const cctv_queue_t *queue, uint64_t position)
{
    return atomic_load_explicit(&queue->cells[position % CCTV_QUEUE_SIZE].word,
                                memory_order_acquire);
}

static bool swap(cctv_queue_t *queue, uint64_t position, uint64_t from,
                 uint64_t to)
{
    return atomic_compare_exchange_strong(&cell_at(queue, position)->word,
                                          &from, to);
}

bool cctv_queue_claim(cctv_queue_t *queue, cctv_owner_t owner, uint32_t spare,
                      uint64_t *position)
{
    for (;;) {
        uint64_t head = atomic_load(&queue->head);
        uint64_t next = head;
        uint64_t is_free = word_of(head, 0, CCTV_CELL_FREE);
        bool is_mine;

        /* The head may be behind the tail: see below. */
        if ((int64_t)(head - atomic_load(&queue->tail))
            >= (int64_t)(CCTV_QUEUE_SIZE - spare)) {
            return false;
        }
        is_mine = word_at(queue, head) == is_free
                  && swap(queue, head, is_free,
                          word_of(head, owner, CCTV_CELL_CLAIMED));
        /* Whoever finds the position claimed moves the head on: the one that
         * has claimed it may have been killed before that. */
        atomic_compare_exchange_strong(&queue->head, &next, head + 1);
        if (is_mine) {
            *position = head;
            return true;
        }
    }
}

bool cctv_queue_find(const cctv_queue_t *queue, cctv_owner_t owner,
                     uint64_t *position)
{
    uint64_t at = atomic_load(&queue->tail);
    uint64_t end = at + CCTV_QUEUE_SIZE;

    for (; at < end; at++) {
        if (word_at(queue, at) == word_of(at, owner, CCTV_CELL_CLAIMED)) {
            *position = at;
            return true;
        }
    }
    return false;
}

/* The words are stored one by one, so that a late owner, which has lost its
 * position, does no more than garble an event. */
bool cctv_queue_publish(cctv_queue_t *queue, uint64_t position,
                        cctv_owner_t owner, const cctv_log_event_t *event)
{
    uint64_t claimed = word_of(position, owner, CCTV_CELL_CLAIMED);
    cctv_queue_cell_t *cell = cell_at(queue, position);
    uint64_t words[CCTV_EVENT_WORDS];
    size_t i;

    if (word_at(queue, position) != claimed) {
        return false;
    }
    memcpy(words, event, sizeof words);
    for (i = 0; i < CCTV_EVENT_WORDS; i++) {
        atomic_store_explicit(&cell->event[i], words[i], memory_order_relaxed);
    }
    return swap(queue, position, claimed,
                word_of(position, owner, CCTV_CELL_READY));
}

bool cctv_queue_drop(cctv_queue_t *queue, uint64_t position,
                     cctv_owner_t owner)
{
    return swap(queue, position, word_of(position, owner, CCTV_CELL_CLAIMED),
                word_of(position, owner, CCTV_CELL_VOID));
}

bool cctv_queue_put(cctv_queue_t *queue, const cctv_log_event_t *event,
                    uint32_t spare)
{
    cctv_owner_t owner = cctv_owner_process(getpid());
    uint64_t position;

    return cctv_queue_claim(queue, owner, spare, &position)
           && cctv_queue_publish(queue, position, owner, event);
}

uint64_t cctv_queue_length(const cctv_queue_t *queue)
{
    uint64_t tail = atomic_load(&queue->tail);
    uint64_t head = atomic_load(&queue->head);

    return head > tail ? head - tail : 0;
}

cctv_cell_state_t cctv_queue_look(const cctv_queue_t *queue, uint64_t position,
                                  cctv_owner_t *owner, cctv_log_event_t *event)
{
    const cctv_queue_cell_t *cell = &queue->cells[position % CCTV_QUEUE_SIZE];
    uint64_t word = word_at(queue, position);
    uint64_t words[CCTV_EVENT_WORDS];
    size_t i;

    *owner = OWNER(word);
    if (ROUND(word) != position / CCTV_QUEUE_SIZE) {
        return CCTV_CELL_FREE;
    }
    if (STATE(word) == CCTV_CELL_READY) {
        for (i = 0; i < CCTV_EVENT_WORDS; i++) {
            words[i] = atomic_load_explicit(&cell->event[i],
                                            memory_order_relaxed);
        }
        memcpy(event, words, sizeof words);
    }
    return STATE(word);
}

void cctv_queue_release(cctv_queue_t *queue, uint64_t position)
{
    uint64_t at = atomic_load(&queue->tail);

    /* The cell comes free before the tail moves, so that whoever sees the new
     * tail can claim it. */
    for (; at < position; at++) {
        atomic_store(&cell_at(queue, at)->word,
                     word_of(at + CCTV_QUEUE_SIZE, 0, CCTV_CELL_FREE));
        atomic_store(&queue->tail, at + 1);
    }
}

void cctv_queue_begin(cctv_queue_t *queue, uint64_t position)
{
    uint64_t at;

    for (at = position; at < position + CCTV_QUEUE_SIZE; at++) {
        atomic_store(&cell_at(queue, at)->word,
                     word_of(at, 0, CCTV_CELL_FREE));
    }
    atomic_store(&queue->tail, position);
    atomic_store(&queue->head, position);
}
