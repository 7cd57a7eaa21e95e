/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.h
 * @brief What happens to a view, and what is counted when it does.
 * Layer: pure.
 *
 * All functions are safe between threads and processes and never block. If a
 * process dies between a change and the count of that change, the counter is
 * one short. Counters never over-report.
 */
#ifndef CCTV_VIEWS_VIEWS_H
#define CCTV_VIEWS_VIEWS_H

#include "views/memory.h"

/** Who starts to watch what. */
typedef struct {
    int32_t camera;
    uint16_t country;
    uint8_t browser;
    uint8_t os;
    uint32_t timeout; /**< ms */
    uint64_t user;    /**< see cctv_view_t */
    uint64_t role;
    uint64_t client;         /**< keyed hash of the client's address */
    uint32_t max_per_client; /**< 0: no limit */
    cctv_transport_t transport;
    uint64_t janus; /**< see cctv_view_t */
    uint64_t handle;
    /** Of video: 0: no limit. */
    uint32_t max_viewers;
    uint32_t max_per_camera;
} cctv_viewer_t;

/** Now, on the clocks that matter. */
typedef struct {
    cctv_time_t time;
    uint16_t day; /**< since 1970 */
} cctv_moment_t;

typedef enum {
    CCTV_VIEW_STARTED,
    CCTV_VIEW_FULL,        /**< no free slot */
    CCTV_VIEW_CLIENT_FULL, /**< the client has max_per_client already */
    CCTV_VIEW_BUSY,        /**< there are max_viewers already */
    CCTV_VIEW_CAMERA_BUSY  /**< the camera has max_per_camera already */
} cctv_view_status_t;

/**
 * Reserve what a view needs, or count that it was refused: a slot, and a
 * place of its client, of its camera and of all views with video. Nothing
 * that lasts is written for a view that is refused, no series either.
 *
 * The caller publishes or cancels it. If the caller's process dies before,
 * the next sweep gives everything back.
 *
 * @param viewer  its Janus session does not matter yet
 */
cctv_view_status_t cctv_view_reserve(cctv_views_t *shared,
                                     const cctv_viewer_t *viewer,
                                     cctv_moment_t now, cctv_view_t *view);

/** Start and count a view that was reserved; from now on it is found. @return
 *  false: the system has no random numbers, so cancel it */
bool cctv_view_publish(cctv_views_t *shared, const cctv_viewer_t *viewer,
                       cctv_moment_t now, cctv_view_t *view);

/** Give up a view that was reserved and not published. */
void cctv_view_cancel(cctv_views_t *shared, const cctv_view_t *view,
                      cctv_moment_t now);

/** Reserve and publish. The Janus session of a view that is refused is left
 *  to the keeper. */
cctv_view_status_t cctv_view_start(cctv_views_t *shared,
                                   const cctv_viewer_t *viewer,
                                   cctv_moment_t now, cctv_view_t *view);

/**
 * Let a view go on after a restart of the server, whatever the limits are
 * now.
 *
 * @param view  as it was saved; see cctv_view_table_resume()
 * @return false: there is no room where it would be found
 */
bool cctv_view_resume(cctv_views_t *shared, cctv_view_t *view);

/**
 * The view with this id, if it belongs to the user and goes on.
 *
 * @param user  keyed hash; 0: nobody. Anybody who knows the id may use a view
 *              that was started without a login.
 */
bool cctv_view_find(cctv_views_t *shared, const char *id, uint64_t user,
                    cctv_moment_t now, cctv_view_t *view);

/** Claim the right to bring the answer of a view that was found. The view does
 *  not play before cctv_view_answer(). @return false: somebody else brings or
 *  has brought an answer */
bool cctv_view_claim_answer(cctv_views_t *shared, const cctv_view_t *view);

/** Note that a view that was found plays, and count its time from now on.
 *  @return false: it plays already */
bool cctv_view_answer(cctv_views_t *shared, cctv_view_t *view,
                      cctv_moment_t now);

/**
 * Note a heartbeat of a view that was found, and count the time since the
 * last one. A heartbeat does not prolong a view whose offer has no answer yet:
 * such a view is over at its timeout.
 *
 * @return false: it changed meanwhile; find it again
 */
bool cctv_view_beat(cctv_views_t *shared, cctv_view_t *view,
                    cctv_moment_t now);

/**
 * End a view that was found, and count its end and the time since its last
 * heartbeat. A view that is overdue or has lost its video counts as ended at
 * its last heartbeat. The keeper destroys its Janus session.
 *
 * @return false: it changed meanwhile; find it again
 */
bool cctv_view_end(cctv_views_t *shared, const cctv_view_t *view,
                   cctv_ended_t reason, cctv_moment_t now);

/** End all views that are over, and give back the slots and places of dead
 *  processes. */
void cctv_views_sweep(cctv_views_t *shared, cctv_moment_t now);

/**
 * The views that go on.
 *
 * @param cells    NULL, or room for max_sessions: gets the series cells of the
 *                 views that are watched, in no order
 * @param watched  NULL, or gets the number of those
 * @return the number of views that go on
 */
uint32_t cctv_views_live(const cctv_views_t *shared, cctv_time_t now,
                         uint32_t *cells, uint32_t *watched);

/** How many places are taken: by views that go on, and by views that are about
 *  to start. O(1). */
uint32_t cctv_views_of_client(const cctv_views_t *shared, uint64_t client);
uint32_t cctv_views_of_camera(const cctv_views_t *shared, int32_t camera);
uint32_t cctv_views_with_video(const cctv_views_t *shared);

/** Whether there is no room for a further view. It looks at slots until it
 *  finds room, so it is cheap unless the table is almost full. */
bool cctv_views_are_full(const cctv_views_t *shared, cctv_time_t now);

#endif
