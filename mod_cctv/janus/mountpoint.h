/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint.h
 * @brief The mountpoint of a camera in Janus's streaming plugin: finds,
 *        makes, lists and destroys it.
 * Layer: pure.
 *
 * Each stream of a camera has a mountpoint of its own (mountpoint_id.h). All
 * data about mountpoints is in Janus, so a restart of Janus needs no special
 * handling. Mountpoints of mod_cctv have a mark in their metadata; other
 * mountpoints are neither watched nor changed.
 *
 * Janus connects to a pulled camera (RTSP) while its mountpoint is made; if
 * that fails, there is no mountpoint. With rtsp_failcheck set to false Janus
 * would connect after rtsp_reconnect_delay instead. But while the camera is
 * away, destroying the mountpoint would block all other viewers.
 */
#ifndef CCTV_JANUS_MOUNTPOINT_H
#define CCTV_JANUS_MOUNTPOINT_H

#include "janus/janus.h"
#include "janus/mountpoint_id.h"
#include "sdp/format.h"

/** What Janus is told about every mountpoint. */
typedef struct {
    /** secret of mountpoints, and admin_key of the plugin */
    const char *secret;
    int cold_seconds; /**< how long a camera may take to answer */
    /**
     * whether browsers reach Janus directly, so that mountpoints need a pin
     */
    bool is_pinned;
} cctv_mountpoint_rules_t;

/** Where the video of a camera comes from. */
typedef struct {
    const char *url;  /**< rtsp:, rtsps: or rtp: */
    bool is_relay;    /**< the URL is one of CCTVFanOut */
    const char *user; /**< NULL: no login */
    const char *password;
    cctv_codec_t codec; /**< CCTV_CODEC_UNKNOWN: H.264 */
} cctv_feed_t;

typedef enum {
    CCTV_MOUNTPOINT_OK,
    CCTV_MOUNTPOINT_MISSING, /**< it does not exist */
    CCTV_MOUNTPOINT_BUSY,    /**< it is being made or is connecting: wait */
    CCTV_MOUNTPOINT_OFFLINE, /**< its camera does not answer */
    CCTV_MOUNTPOINT_FAILED   /**< a call failed: see its status */
} cctv_mountpoint_status_t;

#define CCTV_PIN_SIZE 40

/** A mountpoint as Janus reports it. */
typedef struct {
    int64_t id;
    int32_t camera; /**< 0: it is not the mountpoint of a camera */
    bool is_ours;
    bool is_pulled; /**< RTSP: see the top of this file */
    bool is_new;    /**< younger than CCTV_MOUNTPOINT_STALE */
    /**
     * ms since the last packet. Negative: Janus is not connected to the
     * camera. Very large if there never was a packet.
     */
    int64_t age;
    /** What the camera sends; CCTV_CODEC_UNKNOWN: another one, or Janus does not
     *  tell. */
    cctv_codec_t codec;
    bool tells_codec;
    /**
     * The pin that viewers need. Empty: there is none, or Janus does not
     * report it.
     */
    char pin[CCTV_PIN_SIZE];
} cctv_mountpoint_t;

/** A mountpoint without a packet for this time is stale: ms. */
#define CCTV_MOUNTPOINT_STALE 10000

/** Whether the camera of a mountpoint sends another codec.
 *  @param codec  CCTV_CODEC_UNKNOWN: none is another one */
bool cctv_mountpoint_sends_other(const cctv_mountpoint_t *mountpoint,
                                 cctv_codec_t codec);

/** Whether a mountpoint has received no packets for CCTV_MOUNTPOINT_STALE. */
bool cctv_mountpoint_is_stale(const cctv_mountpoint_t *mountpoint);

/**
 * Find the mountpoint of a camera.
 *
 * @param status  written if a call failed: its status
 */
cctv_mountpoint_status_t
cctv_mountpoint_find(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int64_t id,
                     cctv_mountpoint_t *out, cctv_janus_status_t *status);

/**
 * Make the mountpoint of a camera. Blocks while Janus connects to the camera,
 * up to the deadline of the session.
 *
 * @param status  written: the status of the call
 */
cctv_mountpoint_status_t
cctv_mountpoint_make(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int64_t id,
                     const cctv_feed_t *feed, cctv_janus_status_t *status);

/**
 * Change the pin, so that a viewer who knows the old pin cannot start again.
 */
cctv_janus_status_t
cctv_mountpoint_change_pin(cctv_janus_session_t *session,
                           const cctv_mountpoint_rules_t *rules, int64_t id);

/** Destroy a mountpoint if it has no viewers. */
cctv_janus_status_t
cctv_mountpoint_destroy(cctv_janus_session_t *session,
                        const cctv_mountpoint_rules_t *rules, int64_t id);

/**
 * List all mountpoints of mod_cctv, without their pins.
 *
 * @param each  called for each mountpoint
 */
cctv_janus_status_t cctv_mountpoint_list(
    cctv_janus_session_t *session, const cctv_mountpoint_rules_t *rules,
    void (*each)(void *context, const cctv_mountpoint_t *mountpoint),
    void *context);

#endif
