/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file queue.h
 * @brief The events that are still to be written, in shared memory.
 * Layer: pure.
 *
 * Any process puts events in; one process at a time takes them out (writer.h).
 * The queue is a ring of cells. Positions count up for ever; the cell of a
 * position is its remainder. Each cell has a word, which says to which round
 * of the ring it belongs, and
 *
 *     free     nobody has claimed the position yet
 *     claimed  its owner is about to fill it
 *     ready    it holds an event
 *     void     it will never hold one: its owner has died, or has given up
 *
 *           claim            publish            release
 *     free -------> claimed ---------> ready ------------> free, next round
 *                      |      drop                            ^
 *                      `---------------> void ----------------'
 *
 * Every change is one compare-and-swap of the word, so a process may be killed
 * anywhere. The owner is a process, or a slot of the table of views. What a
 * slot owns does not die with a process: whoever recovers the slot finds the
 * position with cctv_queue_find() and fills it. So an event of a view gets into
 * the queue exactly once.
 *
 * All functions but cctv_queue_look() and cctv_queue_release() are
 * thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_EVENTS_QUEUE_H
#define CCTV_EVENTS_QUEUE_H

#include "events/event.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** The number of cells. */
#define CCTV_QUEUE_SIZE 16384

/** If so many positions are in use, the oldest ones are released although a log
 *  has not got them. */
#define CCTV_QUEUE_MOST (3 * CCTV_QUEUE_SIZE / 4)

/** As many cells are kept for views and actions: refusals, of which a client
 *  can cause any number, do not get them. While a log takes nothing, refusals
 *  still get into the other logs. Half of them are kept for starts and actions:
 *  ends, of which there may be any number at once, can wait. */
#define CCTV_QUEUE_SPARE      (CCTV_QUEUE_SIZE / 8)
#define CCTV_QUEUE_SPARE_ENDS (CCTV_QUEUE_SPARE / 2)

_Static_assert(CCTV_QUEUE_MOST < CCTV_QUEUE_SIZE - CCTV_QUEUE_SPARE,
               "a log that takes nothing keeps refusals out of all logs");

#define CCTV_EVENT_WORDS (sizeof(cctv_log_event_t) / 8)

typedef struct {
    _Atomic uint64_t word;
    _Atomic uint64_t event[CCTV_EVENT_WORDS];
} cctv_queue_cell_t;

/** All zero at the start. */
typedef struct {
    /** Where the search for a free position begins. */
    _Atomic uint64_t head;
    char head_line[56];
    /** All positions before it have been released. */
    _Atomic uint64_t tail;
    char tail_line[56];
    cctv_queue_cell_t cells[CCTV_QUEUE_SIZE];
} cctv_queue_t;

typedef enum {
    CCTV_CELL_FREE,
    CCTV_CELL_CLAIMED,
    CCTV_CELL_READY,
    CCTV_CELL_VOID
} cctv_cell_state_t;

/** Who owns a position: a number of at most 22 bits, and a flag. */
typedef uint32_t cctv_owner_t;

static inline cctv_owner_t cctv_owner_process(pid_t pid)
{
    return (cctv_owner_t)pid << 1;
}

static inline cctv_owner_t cctv_owner_slot(uint32_t index)
{
    return index << 1 | 1;
}

/**
 * Claim the next position.
 *
 * @param spare     how many positions have to be left for others
 * @param position  written only on success
 * @return false: the queue is full
 */
bool cctv_queue_claim(cctv_queue_t *queue, cctv_owner_t owner, uint32_t spare,
                      uint64_t *position);

/** Find a position that this owner has claimed and not published.
 *  @return false: there is none */
bool cctv_queue_find(const cctv_queue_t *queue, cctv_owner_t owner,
                     uint64_t *position);

/** Fill a position that the owner has claimed.
 *  @return false: it is not claimed by this owner any more */
bool cctv_queue_publish(cctv_queue_t *queue, uint64_t position,
                        cctv_owner_t owner, const cctv_log_event_t *event);

/** Give up a position that this owner has claimed.
 *  @return false: it is not claimed by this owner any more */
bool cctv_queue_drop(cctv_queue_t *queue, uint64_t position,
                     cctv_owner_t owner);

/** Claim a position for this process, and fill it.
 *  @return false: the queue is full */
bool cctv_queue_put(cctv_queue_t *queue, const cctv_log_event_t *event,
                    uint32_t spare);

/** @return how many positions have not been released, about */
uint64_t cctv_queue_length(const cctv_queue_t *queue);

/* ---- For the one that takes events out ---- */

/** Look at a position that has not been released.
 *  @param owner  gets the owner of a claimed position
 *  @param event  gets the event of a ready one */
cctv_cell_state_t cctv_queue_look(const cctv_queue_t *queue, uint64_t position,
                                  cctv_owner_t *owner,
                                  cctv_log_event_t *event);

/** Release all positions before this one. They are ready or void. */
void cctv_queue_release(cctv_queue_t *queue, uint64_t position);

/** Begin an empty queue at a position, before any other process uses it. */
void cctv_queue_begin(cctv_queue_t *queue, uint64_t position);

#endif
