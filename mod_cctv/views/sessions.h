/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sessions.h
 * @brief The table of viewing sessions, in memory that processes share.
 * Layer: pure.
 *
 * There are four arrays with an entry for each slot, so that a walk over all
 * slots reads no more of each than it needs:
 *
 *     words    what the slot is right now, and since when
 *     slots    what the session was started with
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
 *    read can only hit the session whose slot you read: there is no ABA.
 * 2. A slot is written only while it is claimed, by the claimer. It stays
 *    the claimer's until the claimer publishes or frees it, or is dead. A
 *    process that merely stands still keeps it.
 * 3. Slots are stored with release and loaded with acquire. If you have read a
 *    value of a later session, the word has changed too, and your
 *    compare-and-swap fails. Words are swapped with acquire and release at
 *    least: if you read "live", you see the slot as it was filled.
 * 4. Two fields of `media` change while a session is live. Each only moves
 *    forward, by compare-and-swap from a value that only this session has,
 *    since it is made of the session's secret or was drawn by Janus at random.
 *    A change that comes too late for one session does nothing to the next
 *    session of the slot.
 *
 *         answered  -(secret) -> being answered, -(secret)
 *                                       -> since when it plays, µs
 *         janus     its Janus session, or not known: (secret)
 *                                       -> known -> known, but gone
 *
 * 5. `held` of a free slot is 0.
 *
 * Expiry is lazy: any reader may end an overdue session, and everyone treats
 * it as ended anyway.
 */
#ifndef CCTV_VIEWS_SESSIONS_H
#define CCTV_VIEWS_SESSIONS_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics take a lock");

/** 160 bits as lower-case hexadecimal digits: the slot, and 128 random ones. */
#define CCTV_SESSION_ID_LENGTH 40

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

/** The counts that a session can be in. */
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
    _Atomic uint64_t way;
} cctv_media_t;

/** The table as a process sees it; the arrays are shared. */
typedef struct {
    uint32_t max;
    _Atomic uint64_t *words;
    cctv_slot_t *slots;
    _Atomic uint64_t *clients;
    cctv_media_t *media;
} cctv_sessions_t;

/** How video comes to a viewer. The numbers are in state files. */
typedef enum {
    CCTV_WAY_NONE,   /**< not from us */
    CCTV_WAY_SERVER, /**< server-side signalling, with heartbeats */
    CCTV_WAY_WHEP,   /**< the same, without heartbeats */
    CCTV_WAY_PROXY   /**< the viewer calls Janus, through a proxy */
} cctv_way_t;

/** A copy of one session. */
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
    cctv_way_t way;
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
} cctv_session_t;

/** Bytes for a table of so many sessions; a multiple of 64. */
size_t cctv_sessions_size(uint32_t max);

/** @param memory  aligned to 64, all zero where the table is new
 *  @param max     1 to 2^31 */
void cctv_sessions_open(cctv_sessions_t *sessions, void *memory, uint32_t max);

/**
 * Claim a slot for a new session. It holds no places yet.
 *
 * @param session  with its camera and client; then has its index and word
 * @return false: the table is full
 */
bool cctv_sessions_claim(cctv_sessions_t *sessions, cctv_session_t *session,
                         cctv_time_t now);

/**
 * Make a session live whose slot the caller has claimed. With video it does
 * not play yet.
 *
 * @param session  then has its secret, times and word
 * @return false: the system has no random numbers
 */
bool cctv_sessions_publish(cctv_sessions_t *sessions, cctv_session_t *session,
                           cctv_time_t now);

/** Both at once. @return false: the table is full */
bool cctv_sessions_start(cctv_sessions_t *sessions, cctv_session_t *session,
                         cctv_time_t now);

/**
 * Claim a slot for a session that goes on after a restart, under its old id.
 *
 * @param session  with its old id and times; then has its index and word
 * @return false: there is no room where it would be found
 */
bool cctv_sessions_claim_again(cctv_sessions_t *sessions,
                               cctv_session_t *session);

/** Make it live, with its old id and times. */
void cctv_sessions_publish_again(cctv_sessions_t *sessions,
                                 cctv_session_t *session);

/** Both at once. @return false: there is no room where it would be found */
bool cctv_sessions_resume(cctv_sessions_t *sessions, cctv_session_t *session);

/** @param text  of CCTV_SESSION_ID_LENGTH + 1 characters */
void cctv_session_id(const cctv_session_t *session, char *text);

/** The live session with this id. @return false: there is none */
bool cctv_sessions_find(const cctv_sessions_t *sessions, const char *id,
                        cctv_session_t *out);

/** Whether a session is overdue: no heartbeat for longer than its timeout. */
static inline bool cctv_session_is_over(const cctv_session_t *session,
                                        cctv_time_t now)
{
    return now - session->last > (cctv_time_t)session->timeout * 1000;
}

/**
 * Note a heartbeat, if the session is as it was found.
 *
 * @param interval  µs since the last one, for the caller to count
 * @return false: it changed meanwhile; find it again
 */
bool cctv_sessions_beat(cctv_sessions_t *sessions, cctv_session_t *session,
                        cctv_time_t now, int64_t *interval);

/**
 * End a session, if it is as it was found: it is not live any more, and the
 * caller has claimed its slot.
 *
 * @param session  then has the word of the claim
 * @return false: it changed meanwhile; find it again
 */
bool cctv_sessions_close(cctv_sessions_t *sessions, cctv_session_t *session,
                         cctv_time_t now);

/** Free a slot that the caller has claimed. */
void cctv_sessions_free(cctv_sessions_t *sessions,
                        const cctv_session_t *session, cctv_time_t now);

/** Both at once. @return false: it changed meanwhile; find it again */
bool cctv_sessions_end(cctv_sessions_t *sessions,
                       const cctv_session_t *session, cctv_time_t now);

/** What slot number `index` holds. */
static inline uint32_t cctv_sessions_held(const cctv_sessions_t *sessions,
                                          uint32_t index)
{
    return atomic_load(&sessions->slots[index].held);
}

/** Note what a slot holds; for its claimer, or for a dead one. */
static inline void cctv_sessions_hold(cctv_sessions_t *sessions,
                                      uint32_t index, uint32_t held)
{
    atomic_store(&sessions->slots[index].held, held);
}

/** Whether it plays, so that its time counts. */
static inline bool cctv_session_is_watched(const cctv_session_t *session)
{
    return session->answered >= 0 && !session->is_gone;
}

/** Up to its last heartbeat: µs. */
static inline int64_t cctv_session_watched(const cctv_session_t *session)
{
    return session->answered < 0 || session->last < session->answered
               ? 0
               : session->last - session->answered;
}

/** Claim the right to bring the answer of a session. @return false: somebody
 *  else brings or has brought it */
bool cctv_sessions_claim_answer(cctv_sessions_t *sessions,
                                const cctv_session_t *session);

/** Note that a session plays from now on. @return false: it plays already */
bool cctv_sessions_answer(cctv_sessions_t *sessions, cctv_session_t *session,
                          cctv_time_t now);

/** Note the Janus session of a session that had none. @return false: it has
 *  one, or had one */
bool cctv_sessions_attach(cctv_sessions_t *sessions, cctv_session_t *session,
                          uint64_t janus);

/** Note that Janus does not have the session any more. */
void cctv_sessions_lose(cctv_sessions_t *sessions, cctv_session_t *session);

/** Session number `index` if there is a live one, 0 ≤ index < max; it may be
 *  over. */
bool cctv_sessions_get(const cctv_sessions_t *sessions, uint32_t index,
                       cctv_session_t *out);

/** Whether slot number `index` is claimed by a process that is dead. */
bool cctv_sessions_is_abandoned(const cctv_sessions_t *sessions,
                                uint32_t index);

/** Whether slot number `index` is in use. */
bool cctv_sessions_is_used(const cctv_sessions_t *sessions, uint32_t index);

/** Free slot number `index` if its claimer is dead and it holds nothing.
 *  @return whether it did */
bool cctv_sessions_recover(cctv_sessions_t *sessions, uint32_t index,
                           cctv_time_t now);

#endif
