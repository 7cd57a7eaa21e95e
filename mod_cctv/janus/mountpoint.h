/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint.h
 * @brief The mountpoint of a camera in Janus's streaming plugin: found or
 *        made, and watched.
 * Layer: pure.
 *
 * The id of a mountpoint is the id of its camera. All that is known of it is
 * in Janus, so a Janus that was started anew is no special case. Mountpoints
 * of mod_cctv carry a mark; others are neither watched nor changed.
 *
 * Janus connects to a pulled camera (RTSP) while its mountpoint is made; where
 * that fails there is no mountpoint. With rtsp_failcheck false Janus would
 * connect rtsp_reconnect_delay later, and while the camera is away Janus lets
 * all other viewers wait when the mountpoint is destroyed.
 */
#ifndef CCTV_JANUS_MOUNTPOINT_H
#define CCTV_JANUS_MOUNTPOINT_H

#include "janus/janus.h"

/** What Janus is told about every mountpoint. */
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
    CCTV_MOUNTPOINT_BUSY,    /**< it is being made or connects: wait */
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
    /** Since the last packet: ms. Negative: it is not connected. It is large
     *  where there never was a packet. */
    int64_t age;
    /** The pin that viewers need; empty: none, or Janus does not tell. */
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
cctv_mountpoint_find(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int32_t camera,
                     cctv_mountpoint_t *out, cctv_janus_status_t *status);

/** Make it. Blocks while its camera is connected to, up to the deadline of
 *  the talk. */
cctv_mountpoint_status_t
cctv_mountpoint_make(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int32_t camera,
                     const cctv_feed_t *feed, cctv_janus_status_t *status);

/**
 * Watch it with the session and handle of the talk.
 *
 * @param offer  Janus's SDP, for free()
 */
cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_session_t *session,
                                               int32_t camera, const char *pin,
                                               char **offer,
                                               cctv_janus_status_t *status);

/** Give Janus a viewer's answer to the offer. */
cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_session_t *session,
                                           const char *sdp);

/** Change the pin, so that a viewer who knew it cannot start again. */
cctv_janus_status_t
cctv_mountpoint_change_pin(cctv_janus_session_t *session,
                           const cctv_mountpoint_rules_t *rules,
                           int32_t camera);

/** Destroy it, if nobody watches it. */
cctv_janus_status_t
cctv_mountpoint_destroy(cctv_janus_session_t *session,
                        const cctv_mountpoint_rules_t *rules, int32_t camera);

/** All mountpoints of mod_cctv, without their pins.
 *  @param each  called for each one */
cctv_janus_status_t cctv_mountpoint_list(
    cctv_janus_session_t *session, const cctv_mountpoint_rules_t *rules,
    void (*each)(void *context, const cctv_mountpoint_t *mountpoint),
    void *context);

#endif
