/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.h
 * @brief The life of a view from its start to its end, and the counters.
 * Layer: pure.
 *
 * All functions are safe between threads and processes and never block. If a
 * process dies between a change and the count of that change, the counter is
 * one short. Counters never over-report.
 */
#ifndef CCTV_VIEWS_VIEWS_H
#define CCTV_VIEWS_VIEWS_H

#include "views/memory.h"
#include "views/view_beats.h"

/** A viewer who starts to watch a camera. */
typedef struct {
    int32_t camera;
    /** What the viewer plays: the sum of CCTV_CODEC_BIT(). */
    unsigned codecs;
    /** The stream that it gets, and its codec. */
    cctv_codec_t codec;
    bool is_second;
    uint16_t country;
    uint8_t browser;
    uint8_t os;
    uint32_t timeout; /**< ms */
    uint64_t user;    /**< see cctv_view_t */
    uint64_t role;
    const char *role_name;   /**< for event logs; NULL: not known */
    uint64_t client;         /**< keyed hash of the client's address */
    uint32_t max_per_client; /**< 0: no limit */
    cctv_transport_t transport;
    uint64_t janus; /**< see cctv_view_t */
    uint64_t handle;
    uint16_t server;
    /** The limits of views with video; 0: no limit. */
    uint32_t max_viewers;
    uint32_t max_per_camera;
} cctv_viewer_t;

/** A point in time, on both clocks that are needed. */
typedef struct {
    cctv_time_t time; /**< CLOCK_MONOTONIC */
    uint16_t day;     /**< days since 1970 */
} cctv_moment_t;

/** The current time on both clocks. Thread-safe, never fails. */
static inline cctv_moment_t cctv_moment_now(void)
{
    return (cctv_moment_t){ .time = cctv_now(), .day = cctv_today() };
}

typedef enum {
    CCTV_VIEW_STARTED,
    CCTV_VIEW_FULL,        /**< there is no free slot */
    CCTV_VIEW_CLIENT_FULL, /**< the client has max_per_client views */
    CCTV_VIEW_BUSY,        /**< there are max_viewers views with video */
    CCTV_VIEW_CAMERA_BUSY  /**< the camera has max_per_camera views */
} cctv_view_status_t;

/**
 * Reserve what a view needs: a slot, and a place of its client, of its camera
 * and of all views with video. If that is not possible, count that the view
 * was refused; a view that is refused leaves no series.
 *
 * The caller has to publish or cancel the view. If the caller's process dies
 * before that, the next sweep gives everything back.
 *
 * @param viewer  `janus`, `handle` and `server` are not read
 * @param view    gets the reservation
 */
cctv_view_status_t cctv_view_reserve(cctv_views_t *shared,
                                     const cctv_viewer_t *viewer,
                                     cctv_moment_t now, cctv_view_t *view);

/** Start a view that was reserved, and count it; a WHEP view counts as started
 *  when it is answered. From now on cctv_view_find() finds it.
 *  @return false: the system has no random numbers; cancel the view */
bool cctv_view_publish(cctv_views_t *shared, const cctv_viewer_t *viewer,
                       cctv_moment_t now, cctv_view_t *view);

/** Give back everything of a view that was reserved and not published. */
void cctv_view_cancel(cctv_views_t *shared, const cctv_view_t *view,
                      cctv_moment_t now);

/**
 * Let a view go on after a restart of the server. The limits are not checked.
 *
 * @param view  the view as it was saved; see cctv_view_table_claim_again()
 * @return false: all slots in which its id would be found are in use
 */
bool cctv_view_resume(cctv_views_t *shared, cctv_view_t *view);

/**
 * Find the view with this id. If it is overdue, it ends here.
 *
 * @param id    NUL-terminated, from outside
 * @param user  keyed hash of the requester; 0: there is no login. Everyone who
 *              knows the id may use a view that was started without a login.
 * @return false: there is no such view, it has ended, or it belongs to another
 *         user
 */
bool cctv_view_find(cctv_views_t *shared, const char *id, uint64_t user,
                    cctv_moment_t now, cctv_view_t *view);

/** Claim the right to send the SDP answer of a view that was found to Janus.
 *  @return false: another request has claimed it */
bool cctv_view_claim_answer(cctv_views_t *shared, const cctv_view_t *view);

/** Note that Janus has accepted the SDP answer of a view that was found. Its
 *  time does not count before cctv_view_flow().
 *  @return false: it was answered before */
bool cctv_view_answer(cctv_views_t *shared, cctv_view_t *view,
                      cctv_moment_t now);

/** Note the Janus session of a view that had none, and the handle in it.
 *  @return false: the view has one, or had one */
bool cctv_view_attach(cctv_views_t *shared, cctv_view_t *view, uint64_t janus,
                      uint64_t handle);

/** Note that another Janus session has taken the place of the one of a view,
 *  which the keeper destroys. Media do not flow yet.
 *  @return false: the view has none, or has changed meanwhile; find it again */
bool cctv_view_replace(cctv_views_t *shared, cctv_view_t *view, uint64_t janus,
                       uint64_t handle, cctv_moment_t now);

/**
 * Note whether the media of a view that was found flow, and count the time
 * since the last proof if they flowed until now.
 *
 * @param now  when that was so. With CCTV_FLOW_ON, the time until then counts;
 *             otherwise nothing is counted behind the last proof.
 * @return false: the view has changed meanwhile; find it again
 */
bool cctv_view_flow(cctv_views_t *shared, cctv_view_t *view, cctv_flow_t flow,
                    cctv_moment_t now);

/**
 * Note a heartbeat of a view that was found. A view whose SDP offer has no
 * answer yet is not prolonged: it ends at its timeout. Without a transport the
 * time since the last heartbeat counts as watched; with one, only if nothing
 * else tells whether media flow.
 *
 * @return false: the view has changed meanwhile; find it again
 */
bool cctv_view_beat(cctv_views_t *shared, cctv_view_t *view,
                    cctv_moment_t now);

/** @return the reason under which the end of a view is counted, which was ended
 *  for this reason */
cctv_ended_t cctv_view_reason(const cctv_view_t *view, cctv_ended_t reason);

/**
 * End a view that was found. Count its end, and the time since the last proof
 * that media flowed unless it is overdue or has lost its video. The keeper
 * destroys its Janus session.
 *
 * @param reason  if the view was never answered, or its media never came, that
 *                is the reason under which its end is counted
 * @return false: the view has changed meanwhile; find it again
 */
bool cctv_view_end(cctv_views_t *shared, const cctv_view_t *view,
                   cctv_ended_t reason, cctv_moment_t now);

#endif
