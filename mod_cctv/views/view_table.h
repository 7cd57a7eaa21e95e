/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.h
 * @brief The table of views, in memory that processes share.
 * Layer: pure.
 *
 * There are four arrays with an entry for each slot, so that a walk over all
 * slots reads no more of each than it needs:
 *
 *     words    what the slot is right now, and since when
 *     slots    what the view was started with
 *     clients  the keyed hash of the address it came from
 *     media    where its video is, and since when it plays
 *
 * A word has 62 bits of value and 2 bits of state:
 *
 *     free     when the slot came free, µs
 *     claimed  the claiming process, 22 bits, and when, 40 bits of ms: the
 *              slot is reserved and being filled, or is being given up
 *     live     the last heartbeat, µs
 *
 *          claim               publish              close
 *     free ------> claimed ------------------> live ------> claimed
 *       ^             |                        \_/             |
 *       |             |                      heartbeat         |
 *       `-------------+----------------------------------------'
 *         free, by the claimer; or by a sweep once the claimer is dead
 *
 * A claimed slot is the reservation of a view that is about to start: it
 * stays claimed while Janus is asked. `held` of the slot says which counts
 * (places.h) the view is in; views.c gives them back before a slot comes free.
 *
 * Every change of state is one compare-and-swap of the word, so exactly one
 * of several processes that try it succeeds, and a process may be killed
 * between any two of them.
 *
 * Invariants:
 *
 * 1. The words "free" and "live" of a slot never have the same value twice:
 *    times only grow on the way around. So a compare-and-swap on a word you
 *    read can only hit the view whose slot you read: there is no ABA.
 * 2. A slot is written only while it is claimed, by the claimer. It stays
 *    the claimer's until the claimer publishes or frees it, or is dead. A
 *    process that merely stands still keeps it.
 * 3. Slots are stored with release and loaded with acquire. If you have read a
 *    value of a later view, the word has changed too, and your
 *    compare-and-swap fails. Words are swapped with acquire and release at
 *    least: if you read "live", you see the slot as it was filled.
 * 4. Two fields of `media` change while a view is live. Each only moves
 *    forward, by compare-and-swap from a value that only this view has,
 *    since it is made of the view's secret or was drawn by Janus at random.
 *    A change that comes too late for one view does nothing to the next
 *    view of the slot.
 *
 *         answered  -(secret) -> being answered, -(secret)
 *                                       -> since when it plays, µs
 *         janus     its Janus session, or not known: (secret)
 *                                       -> known -> known, but gone
 *
 * 5. `held` of a free slot is 0.
 *
 * Expiry is lazy: any reader may end an overdue view, and everyone treats
 * it as ended anyway.
 */
#ifndef CCTV_VIEWS_VIEW_TABLE_H
#define CCTV_VIEWS_VIEW_TABLE_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics take a lock");

/** 160 bits as lower-case hexadecimal digits: the slot, and 128 random ones. */
#define CCTV_VIEW_ID_LENGTH 40

/** A cache line. */
typedef struct {
    _Atomic uint64_t secret[2];
    _Atomic int64_t started;
    _Atomic uint64_t user;
    _Atomic uint64_t role;
    _Atomic int32_t camera;
    _Atomic uint32_t series;
    _Atomic uint32_t timeout;
    _Atomic uint32_t country;
    _Atomic uint32_t home;
    /** CCTV_HOLDS_…, and the same << CCTV_MOVING for a place that is just
     *  being taken or given back. */
    _Atomic uint32_t held;
} cctv_slot_t;

/** The counts that a view can be in. */
enum {
    CCTV_HOLDS_CLIENT = 1, /**< the views of its client */
    CCTV_HOLDS_CAMERA = 2, /**< the views with video of its camera */
    CCTV_HOLDS_VIDEO = 4,  /**< all views with video */
    CCTV_MOVING = 8
};

/** Half a cache line. */
typedef struct {
    _Atomic int64_t answered;
    _Atomic uint64_t janus;
    _Atomic uint64_t handle;
    _Atomic uint64_t transport;
} cctv_media_t;

/** The table as a process sees it; the arrays are shared. */
typedef struct {
    uint32_t max;
    _Atomic uint64_t *words;
    cctv_slot_t *slots;
    _Atomic uint64_t *clients;
    cctv_media_t *media;
} cctv_view_table_t;

/** How video comes to a viewer. The numbers are in state files. */
typedef enum {
    CCTV_TRANSPORT_NONE,   /**< not from us */
    CCTV_TRANSPORT_SERVER, /**< server-side signalling, with heartbeats */
    CCTV_TRANSPORT_WHEP,   /**< the same, without heartbeats */
    CCTV_TRANSPORT_PROXY   /**< the viewer calls Janus, through a proxy */
} cctv_transport_t;

/** A copy of one view. */
typedef struct {
    int32_t camera;
    uint32_t series;  /**< its cell of cctv_series_t */
    uint32_t timeout; /**< ms */
    uint16_t country;
    uint64_t user;   /**< keyed hash of the user it belongs to; 0: nobody */
    uint64_t role;   /**< keyed hash of the camera's role */
    uint64_t client; /**< keyed hash of the client's address; 0: not kept */
    cctv_time_t started;
    cctv_time_t last; /**< its last heartbeat */
    cctv_transport_t transport;
    /** When it began to play: without a transport, when it started. Negative:
     *  it does not play yet. */
    cctv_time_t answered;
    /** Its Janus session, at most 2^53; 0: none, not known yet, or gone. */
    uint64_t janus;
    uint64_t handle; /**< in that one; 0: not known */
    bool is_gone;    /**< Janus does not have it any more */
    /** Its id: a slot number, and 128 random bits. */
    uint32_t home;
    uint64_t secret[2];
    /** The slot where it was found: `home`, or after a restart with another
     *  table size one of the slots behind. */
    uint32_t index;
    uint64_t word;
} cctv_view_t;

/** Bytes for a table of so many views; a multiple of 64. */
size_t cctv_view_table_size(uint32_t max);

/** @param memory  aligned to 64, all zero where the table is new
 *  @param max     1 to 2^31 */
void cctv_view_table_open(cctv_view_table_t *table, void *memory,
                          uint32_t max);

/**
 * Claim a slot for a new view. It holds no places yet.
 *
 * @param view  with its camera and client; then has its index and word
 * @return false: the table is full
 */
bool cctv_view_table_claim(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now);

/**
 * Make a view live whose slot the caller has claimed. With video it does
 * not play yet.
 *
 * @param view  then has its secret, times and word
 * @return false: the system has no random numbers
 */
bool cctv_view_table_publish(cctv_view_table_t *table, cctv_view_t *view,
                             cctv_time_t now);

/** Both at once. @return false: the table is full */
bool cctv_view_table_start(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now);

/**
 * Claim a slot for a view that goes on after a restart, under its old id.
 *
 * @param view  with its old id and times; then has its index and word
 * @return false: there is no room where it would be found
 */
bool cctv_view_table_claim_again(cctv_view_table_t *table, cctv_view_t *view);

/** Make it live, with its old id and times. */
void cctv_view_table_publish_again(cctv_view_table_t *table,
                                   cctv_view_t *view);

/** Both at once. @return false: there is no room where it would be found */
bool cctv_view_table_resume(cctv_view_table_t *table, cctv_view_t *view);

/** @param text  of CCTV_VIEW_ID_LENGTH + 1 characters */
void cctv_view_id(const cctv_view_t *view, char *text);

/** The live view with this id. @return false: there is none */
bool cctv_view_table_find(const cctv_view_table_t *table, const char *id,
                          cctv_view_t *out);

/** Whether a view is overdue: no heartbeat for longer than its timeout. */
static inline bool cctv_view_is_over(const cctv_view_t *view, cctv_time_t now)
{
    return now - view->last > (cctv_time_t)view->timeout * 1000;
}

/**
 * Note a heartbeat, if the view is as it was found.
 *
 * @param interval  µs since the last one, for the caller to count
 * @return false: it changed meanwhile; find it again
 */
bool cctv_view_table_beat(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_time_t now, int64_t *interval);

/**
 * End a view, if it is as it was found: it is not live any more, and the
 * caller has claimed its slot.
 *
 * @param view  then has the word of the claim
 * @return false: it changed meanwhile; find it again
 */
bool cctv_view_table_close(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now);

/** Free a slot that the caller has claimed. */
void cctv_view_table_free(cctv_view_table_t *table, const cctv_view_t *view,
                          cctv_time_t now);

/** Both at once. @return false: it changed meanwhile; find it again */
bool cctv_view_table_end(cctv_view_table_t *table, const cctv_view_t *view,
                         cctv_time_t now);

/** What slot number `index` holds. */
static inline uint32_t cctv_view_table_held(const cctv_view_table_t *table,
                                            uint32_t index)
{
    return atomic_load(&table->slots[index].held);
}

/** Note what a slot holds; for its claimer, or for a dead one. */
static inline void cctv_view_table_hold(cctv_view_table_t *table,
                                        uint32_t index, uint32_t held)
{
    atomic_store(&table->slots[index].held, held);
}

/** Whether it plays, so that its time counts. */
static inline bool cctv_view_is_watched(const cctv_view_t *view)
{
    return view->answered >= 0 && !view->is_gone;
}

/** Up to its last heartbeat: µs. */
static inline int64_t cctv_view_watched(const cctv_view_t *view)
{
    return view->answered < 0 || view->last < view->answered
               ? 0
               : view->last - view->answered;
}

/** Claim the right to bring the answer of a view. @return false: somebody
 *  else brings or has brought it */
bool cctv_view_table_claim_answer(cctv_view_table_t *table,
                                  const cctv_view_t *view);

/** Note that a view plays from now on. @return false: it plays already */
bool cctv_view_table_answer(cctv_view_table_t *table, cctv_view_t *view,
                            cctv_time_t now);

/** Note the Janus session of a view that had none. @return false: it has
 *  one, or had one */
bool cctv_view_table_attach(cctv_view_table_t *table, cctv_view_t *view,
                            uint64_t janus);

/** Note that Janus does not have the view any more. */
void cctv_view_table_lose(cctv_view_table_t *table, cctv_view_t *view);

/** Session number `index` if there is a live one, 0 ≤ index < max; it may be
 *  over. */
bool cctv_view_table_get(const cctv_view_table_t *table, uint32_t index,
                         cctv_view_t *out);

/** Whether slot number `index` is claimed by a process that is dead. */
bool cctv_view_table_is_abandoned(const cctv_view_table_t *table,
                                  uint32_t index);

/** Whether slot number `index` is in use. */
bool cctv_view_table_is_used(const cctv_view_table_t *table, uint32_t index);

/** Free slot number `index` if its claimer is dead and it holds nothing.
 *  @return whether it did */
bool cctv_view_table_recover(cctv_view_table_t *table, uint32_t index,
                             cctv_time_t now);

#endif
