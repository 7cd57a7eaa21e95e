/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint.h
 * @brief The mountpoint of a camera in Janus's streaming plugin: found or
 *        made, and watched.
 * Layer: pure.
 *
 * Its id is the camera's. What is known of it is in Janus and nowhere else:
 * so a Janus that was started anew is no special case. Ours carry a mark;
 * others are neither watched nor changed.
 *
 * A camera that is pulled (RTSP) is connected to while its mountpoint is
 * made, and where that fails there is none. One that is made without that
 * (rtsp_failcheck false) would connect rtsp_reconnect_delay later, and while
 * its camera is away it cannot be destroyed without a halt of all others
 * (facts in the README's operations page).
 */
#ifndef CCTV_JANUS_MOUNTPOINT_H
#define CCTV_JANUS_MOUNTPOINT_H

#include "janus/janus.h"

/** What Janus is told besides the camera; the same for all. */
typedef struct {
    const char *secret; /**< of mountpoints, and the plugin's admin_key */
    int cold_seconds;   /**< a camera may take so long to answer */
    bool is_pinned;     /**< browsers talk to Janus, too */
} cctv_mountpoint_rules_t;

/** Where the video of a camera comes from. */
typedef struct {
    const char *url;     /**< rtsp:, rtsps: or rtp: */
    const char *profile; /**< of H.264, such as Main; NULL: not known */
    const char *user;    /**< NULL: no login */
    const char *password;
} cctv_feed_t;

typedef enum {
    CCTV_MOUNTPOINT_OK,
    CCTV_MOUNTPOINT_MISSING, /**< there is none */
    CCTV_MOUNTPOINT_BUSY,    /**< somebody makes it, or it connects: wait */
    CCTV_MOUNTPOINT_OFFLINE, /**< its camera does not answer */
    CCTV_MOUNTPOINT_FAILED   /**< Janus itself: see the call's status */
} cctv_mountpoint_status_t;

#define CCTV_PIN_SIZE 40

/** A mountpoint, as Janus tells of it. */
typedef struct {
    int32_t camera;
    bool is_ours;
    bool is_pulled; /**< RTSP: see above */
    bool is_new;    /**< younger than CCTV_MOUNTPOINT_STALE */
    /** Since the last packet: ms; negative: it is not connected. Of one that
     *  never got any it is large. */
    int64_t age;
    /** What viewers need; empty: nothing, or not told. */
    char pin[CCTV_PIN_SIZE];
} cctv_mountpoint_t;

/** ms. */
#define CCTV_MOUNTPOINT_STALE 10000

/** Whether it has got no packets for CCTV_MOUNTPOINT_STALE. */
bool cctv_mountpoint_is_stale(const cctv_mountpoint_t *mountpoint);

/**
 * Look for the mountpoint of a camera.
 *
 * @param status  of the call that failed, where it does
 */
cctv_mountpoint_status_t
cctv_mountpoint_find(cctv_janus_talk_t *talk,
                     const cctv_mountpoint_rules_t *rules, int32_t camera,
                     cctv_mountpoint_t *out, cctv_janus_status_t *status);

/** Make it. Blocks while its camera is connected to, up to the deadline of
 *  the talk. */
cctv_mountpoint_status_t
cctv_mountpoint_make(cctv_janus_talk_t *talk,
                     const cctv_mountpoint_rules_t *rules, int32_t camera,
                     const cctv_feed_t *feed, cctv_janus_status_t *status);

/**
 * Watch it with the session and handle of the talk.
 *
 * @param offer  Janus's SDP, for free()
 */
cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_talk_t *talk,
                                               int32_t camera, const char *pin,
                                               char **offer,
                                               cctv_janus_status_t *status);

/** Give Janus a viewer's answer to the offer; handed over is nothing. */
cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_talk_t *talk,
                                           const char *sdp);

/** Change what its viewers need to begin. */
cctv_janus_status_t
cctv_mountpoint_change_pin(cctv_janus_talk_t *talk,
                           const cctv_mountpoint_rules_t *rules,
                           int32_t camera);

/** Destroy it, if nobody watches it. */
cctv_janus_status_t
cctv_mountpoint_destroy(cctv_janus_talk_t *talk,
                        const cctv_mountpoint_rules_t *rules, int32_t camera);

/** All of ours, without their pins. @param each  called for each one */
cctv_janus_status_t cctv_mountpoint_list(
    cctv_janus_talk_t *talk, const cctv_mountpoint_rules_t *rules,
    void (*each)(void *context, const cctv_mountpoint_t *mountpoint),
    void *context);

#endif
