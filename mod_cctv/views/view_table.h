/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_table.h
 * @brief The table of views, in shared memory.
 * Layer: pure.
 *
 * The table consists of four arrays with one entry for each slot, so that a
 * walk over all slots reads only the data it needs, and of a number:
 *
 *     next     where the search for a free slot begins; claims go round the
 *              table, so slots that are claimed one after the other are
 *              neighbours, and mostly in the processor's cache
 *
 *     words    the state of the slot, and a time
 *     slots    the data that the view was started with
 *     clients  the keyed hash of the client's address
 *     media    the Janus session, and whether its media flow
 *
 * A word has 62 bits of value and 2 bits of state. The value means:
 *
 *     free     when the slot came free: µs
 *     claimed  the id of the claiming process (22 bits) and when it claimed
 *              the slot (40 bits, ms); the slot is reserved for a view that
 *              is about to start, or its view is being ended. 0: the claimer
 *              has left it as if it were dead
 *     live     the last heartbeat: µs
 *
 *          claim               publish              close
 *     free ------> claimed ------------------> live ------> claimed
 *       ^             |                        \_/             |
 *       |             |                      heartbeat         |
 *       `-------------+----------------------------------------'
 *         freed by the claimer, or by a sweep if the claimer is dead or has
 *         left it
 *
 * A slot stays claimed while the request of a new view calls Janus. `held` of
 * the slot says which places (places.h) the view holds; view_places.c gives
 * them back before the slot comes free.
 *
 * Every change of state is one compare-and-swap of the word. If several
 * processes try it, exactly one succeeds, and a process may be killed between
 * any two changes.
 *
 * Invariants:
 *
 * 1. The words "free" and "live" of a slot never have the same value twice,
 *    since the times in a slot only grow. So a compare-and-swap on a word you
 *    read can only hit the view whose slot you read: there is no ABA.
 * 2. A slot is written only while it is claimed, and only by the claimer. The
 *    claim lasts until the claimer publishes the view, frees the slot, or is
 *    dead. A claimer that is merely suspended keeps the slot.
 * 3. Slots are stored with release and loaded with acquire. If you have read a
 *    value of a later view, the word has changed too, and your
 *    compare-and-swap fails. Words are swapped with acquire and release at
 *    least: if you read "live", you see the slot as it was filled.
 * 4. Three fields of `media` change while a view is live. Each only moves
 *    forward, by compare-and-swap from a value that only this view has: the
 *    value is made of the view's secret or of a time within the view, or Janus
 *    drew it at random. So a late change for one view does not affect the next
 *    view in the slot.
 *
 *         answered  "not answered" (secret) -> "being answered" (secret)
 *                     -> the time at which the answer was accepted: µs;
 *                     or "never", set by whoever ends the view
 *         janus     "not known" (secret) -> the id of the Janus session
 *                     (-> the id of the next one: proxy transport only)
 *                     -> the id with a flag: Janus has lost the session
 *         flow      whether media flow (cctv_flow_t, 2 bits), and up to when
 *                     that was counted: µs, which never goes back
 *
 *    The other fields are hints: a late change for an earlier view may garble
 *    one of them, which the next look at the media puts right.
 *
 * 5. `held` of a free slot is 0.
 *
 * A view that is overdue stays in its slot until any process ends it; until
 * then all processes treat it as ended.
 *
 * All functions are thread-safe, safe between processes, and never block,
 * except cctv_view_table_open(), which each process calls once.
 */
#ifndef CCTV_VIEWS_VIEW_TABLE_H
#define CCTV_VIEWS_VIEW_TABLE_H

#include "core/clock.h"
#include "sdp/format.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics take a lock");

/** At most a cache line. */
typedef struct {
    _Atomic uint64_t secret[2];
    _Atomic int64_t started;
    _Atomic uint64_t user;
    _Atomic uint64_t role;
    _Atomic int32_t camera;
    _Atomic uint32_t series;
    _Atomic uint32_t timeout;
    _Atomic uint16_t country;
    _Atomic uint16_t server; /**< see cctv_view_t */
    _Atomic uint32_t home;
    /** Bits CCTV_HOLDS_…; the same bits times CCTV_MOVING mark places that
     *  are being taken or given back right now. */
    _Atomic uint32_t held;
} cctv_slot_t;

/** The places that a view can hold. */
enum {
    CCTV_HOLDS_CLIENT = 1, /**< among the views of its client */
    CCTV_HOLDS_CAMERA = 2, /**< among the views with video of its camera */
    CCTV_HOLDS_VIDEO = 4,  /**< among all views with video */
    CCTV_MOVING = 8
};

/** A cache line. */
typedef struct {
    _Atomic int64_t answered;
    _Atomic uint64_t janus;
    _Atomic uint64_t handle;
    _Atomic uint64_t flow;
    _Atomic int64_t watched;   /**< µs */
    _Atomic int64_t looked;    /**< see cctv_view_t */
    _Atomic uint64_t feedback; /**< see cctv_view_t */
    _Atomic uint8_t transport;
    _Atomic uint8_t browser;
    _Atomic uint8_t os;
    _Atomic uint8_t codec;
    _Atomic uint8_t is_second;
    _Atomic uint16_t ice; /**< see cctv_view_t */
} cctv_media_t;

/** The table as a process sees it; the pointers lead to shared memory. */
typedef struct {
    uint32_t max;
    _Atomic uint64_t *next;
    _Atomic uint64_t *words;
    cctv_slot_t *slots;
    _Atomic uint64_t *clients;
    cctv_media_t *media;
} cctv_view_table_t;

/** How the video gets to a viewer. The state file contains these numbers. */
typedef enum {
    CCTV_TRANSPORT_NONE,   /**< the video does not come from this server */
    CCTV_TRANSPORT_SERVER, /**< server-side signalling, with heartbeats */
    CCTV_TRANSPORT_WHEP,   /**< WHEP, without heartbeats */
    CCTV_TRANSPORT_PROXY,  /**< the viewer calls Janus through a proxy */
    CCTV_TRANSPORT_STILL,  /**< still pictures in place of video */
    CCTV_TRANSPORT_HLS,    /**< the browser fetches HLS by itself */
    CCTV_TRANSPORT_COUNT
} cctv_transport_t;

/** Whether Janus sends the video of a view. Of other views only heartbeats
 *  tell that they are watched. */
static inline bool cctv_transport_has_video(cctv_transport_t transport)
{
    return transport != CCTV_TRANSPORT_NONE
           && transport != CCTV_TRANSPORT_STILL
           && transport != CCTV_TRANSPORT_HLS;
}

/** Whether a view shows video, from Janus or by HLS. */
static inline bool cctv_transport_shows_video(cctv_transport_t transport)
{
    return cctv_transport_has_video(transport)
           || transport == CCTV_TRANSPORT_HLS;
}

/** Whether the media of a view flow. The state file contains these numbers. */
typedef enum {
    CCTV_FLOW_NONE,  /**< there was no proof yet */
    CCTV_FLOW_ON,    /**< the viewer receives media: this time counts */
    CCTV_FLOW_QUIET, /**< the viewer has received media, and does not now */
    CCTV_FLOW_FAILED /**< none came in time, or the connection failed */
} cctv_flow_t;

/** A copy of one view. */
typedef struct {
    int32_t camera;
    uint32_t series;  /**< its cell of cctv_series_t */
    uint32_t timeout; /**< ms */
    uint16_t country;
    uint64_t user;   /**< keyed hash of its user; 0: there was no login */
    uint64_t role;   /**< keyed hash of the camera's role */
    uint64_t client; /**< keyed hash of the client's address; 0: not stored,
                      *   since there is no limit per client */
    cctv_time_t started;
    cctv_time_t last; /**< its last heartbeat */
    cctv_transport_t transport;
    cctv_codec_t codec; /**< of its video */
    bool is_second;     /**< it watches the second stream of the camera */
    uint8_t browser;    /**< of its label set: see cctv_viewer_t */
    uint8_t os;
    /** When its SDP answer was accepted; without a transport, when the view
     *  started. Negative: it is not answered yet. */
    cctv_time_t answered;
    /** The id of its Janus session, less than 2^53; 0: it has none, the id is
     *  not known yet, or Janus has lost the session. */
    uint64_t janus;
    uint64_t handle; /**< the Janus handle in that session; 0: not known */
    uint16_t server; /**< the key of its Janus server (video/server_key.h); 0:
                      *   that of CCTVJanusURL, or none */
    bool is_gone;    /**< Janus has lost the session, so the video has ended */
    cctv_flow_t flow;
    cctv_time_t proven; /**< up to when its time was counted: the last proof
                         *   that media flow */
    int64_t watched;    /**< how long media have flowed: µs */
    cctv_time_t looked; /**< when Janus last told anything about its media; 0:
                         *   never */
    uint64_t feedback;  /**< what is known of the viewer's own reports; the
                         *   video part makes it (video/feedback.h) */
    uint16_t ice;       /**< of the ice-ufrag of its viewer, to notice another
                         *   one (video/mod_sdp_answer.h); 0: not known */
    /** The parts of its id: a slot number and 128 random bits. */
    uint32_t home;
    uint64_t secret[2];
    /** The slot it is in: `home`, or after a restart with another table size
     *  one of the next slots. */
    uint32_t index;
    /** The word of the slot when this copy was made. */
    uint64_t word;
} cctv_view_t;

/** @return the size of a table for this many views: bytes, a multiple of 64 */
size_t cctv_view_table_size(uint32_t max);

/** @param memory  aligned to 64 bytes; a new table has to be all zero
 *  @param max     the number of slots, 1 to 2^31 */
void cctv_view_table_open(cctv_view_table_t *table, void *memory,
                          uint32_t max);

/**
 * Claim a slot for a new view. The view holds no places yet.
 *
 * @param view  has its camera and client; gets its index and word
 * @return false: the table is full
 */
bool cctv_view_table_claim(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now);

/**
 * Fill the slot of a new view, which the caller has claimed. The media of a
 * view with video do not flow yet. cctv_view_table_go_live() follows.
 *
 * @param view  gets its secret and times
 * @return false: the system has no random numbers
 */
bool cctv_view_table_prepare(cctv_view_table_t *table, cctv_view_t *view,
                             cctv_time_t now);

/** Make a view live whose slot the caller has claimed and filled.
 *  @param view  gets its word */
void cctv_view_table_go_live(cctv_view_table_t *table, cctv_view_t *view);

/**
 * Claim a slot for a view that goes on after a restart, under its old id.
 *
 * @param view  has its old id and times; gets its index and word
 * @return false: all slots in which the id would be found are in use
 */
bool cctv_view_table_claim_again(cctv_view_table_t *table, cctv_view_t *view);

/** Fill the slot of a view with its old id and times. The caller has claimed
 *  the slot with cctv_view_table_claim_again(). cctv_view_table_go_live()
 *  follows. */
void cctv_view_table_prepare_again(cctv_view_table_t *table,
                                   const cctv_view_t *view);

/** Find the live view with this id; it may be overdue.
 *  @param id  NUL-terminated, from outside
 *  @return false: there is none */
bool cctv_view_table_find(const cctv_view_table_t *table, const char *id,
                          cctv_view_t *out);

/**
 * Find a view that has ended, as long as no other view has taken its slot.
 *
 * @param id   NUL-terminated, from outside
 * @param out  gets its camera, user, index, home and secret; nothing else
 * @return false: it is not known any more, or there is no such view
 */
bool cctv_view_table_find_ended(const cctv_view_table_t *table, const char *id,
                                cctv_view_t *out);

/**
 * Note a heartbeat, unless the view has changed since it was found.
 *
 * @return false: the view has changed meanwhile; find it again
 */
bool cctv_view_table_beat(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_time_t now);

/**
 * End a view, unless it has changed since it was found. It is not live any
 * more, and the caller has claimed its slot.
 *
 * @param view  gets the word of the claim
 * @return false: the view has changed meanwhile; find it again
 */
bool cctv_view_table_close(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now);

/** Free a slot that the caller has claimed. */
void cctv_view_table_free(cctv_view_table_t *table, const cctv_view_t *view,
                          cctv_time_t now);

/** Leave a slot that the caller has claimed to the next sweep, as if the caller
 *  were dead. */
void cctv_view_table_leave(cctv_view_table_t *table, const cctv_view_t *view);

/** @return the places that a slot holds: bits as in `held` of cctv_slot_t */
static inline uint32_t cctv_view_table_held(const cctv_view_table_t *table,
                                            uint32_t index)
{
    return atomic_load(&table->slots[index].held);
}

/** Note the places that a slot holds. Only the claimer may call this, or one
 *  other process if the claimer is dead. */
static inline void cctv_view_table_hold(cctv_view_table_t *table,
                                        uint32_t index, uint32_t held)
{
    atomic_store(&table->slots[index].held, held);
}

/** Copy the live view in a slot; it may be overdue.
 *  @param index  0 ≤ index < max
 *  @return false: there is no live view in this slot */
bool cctv_view_table_get(const cctv_view_table_t *table, uint32_t index,
                         cctv_view_t *out);

/** Copy what is in a slot that is abandoned. The caller is the
 *  only one that recovers it. The last heartbeat is not known any more: it
 *  becomes the time of the claim. */
void cctv_view_table_get_abandoned(const cctv_view_table_t *table,
                                   uint32_t index, cctv_view_t *out);

/** @return whether a slot is claimed by a process that is dead or has left it
 */
bool cctv_view_table_is_abandoned(const cctv_view_table_t *table,
                                  uint32_t index);

/** Find the next slot that is not free. A walk over all slots uses this, since
 *  it skips free slots fast.
 *  @param index  the first slot that may be returned
 *  @return the slot's number; table->max: there is none */
uint32_t cctv_view_table_next(const cctv_view_table_t *table, uint32_t index);

/** Free a slot if it is abandoned and holds no places.
 *  @return whether the slot was freed */
bool cctv_view_table_recover(cctv_view_table_t *table, uint32_t index,
                             cctv_time_t now);

#endif
