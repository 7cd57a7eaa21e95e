/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives of the video part.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SETTINGS_H
#define CCTV_VIDEO_MOD_SETTINGS_H

#include "config/mod_settings.h"
#include "video/logins.h"

/* janus_url and admin_url have no slash at the end. The elements of
 * turn_servers are of type const char *, those of servers cctv_server_line_t
 * (mod_server_lines.h). */
#define CCTV_VIDEO_SETTINGS(NUMBER, TIME, FLAG, OTHER)                        \
    OTHER(const char *, janus_url, "CCTVJanusURL", SERVER, TAKE1, set_url,    \
          "where Janus is (default: none, and no video)")                     \
    OTHER(apr_array_header_t *, servers, "CCTVJanus", SERVER, RAW_ARGS,       \
          cctv_server_line_add,                                               \
          "one of several Janus servers: name, url=, admin=, secret=, "       \
          "weight=, max=, drain (default: none)")                             \
    OTHER(const char *, fan_out, "CCTVFanOut", SERVER, TAKE1, set_fan_out,    \
          "a relay from which the second and later Janus servers pull a "     \
          "camera (default: none)")                                           \
    OTHER(const char *, admin_url, "CCTVJanusAdminURL", SERVER, TAKE1,        \
          set_admin_url,                                                      \
          "where Janus's admin API is (default: none, and no WHEP)")          \
    OTHER(const char *, secret, "CCTVJanusSecretFile", SERVER, TAKE1,         \
          set_secret, "the file with the secret shared with Janus")           \
    TIME(cold_timeout, "CCTVJanusColdTimeout", SERVER, 1s, 30s, 8s, "8s",     \
         "how long a camera may take to answer Janus")                        \
    TIME(idle_timeout, "CCTVJanusIdleTimeout", SERVER, 1s, 1440min, 60s,      \
         "60s", "after how long without a viewer Janus leaves a camera")      \
    FLAG(is_proxied, "CCTVJanusProxy", SERVER, off,                           \
         "whether viewers may ask for tokens to talk to Janus themselves")    \
    OTHER(const cctv_logins_t *, logins, "CCTVCameraLoginsFile", SERVER,      \
          TAKE1, set_logins,                                                  \
          "the file with the users and passwords of cameras (default: none)") \
    OTHER(apr_array_header_t *, turn_servers, "CCTVTurnServer", SERVER,       \
          ITERATE, add_turn_server,                                           \
          "the STUN and TURN servers of viewers (default: none)")             \
    OTHER(const char *, turn_secret, "CCTVTurnSecretFile", SERVER, TAKE1,     \
          set_turn_secret, "the file with the secret shared with coturn")     \
    NUMBER(max_viewers, "CCTVMaxViewers", SERVER, 1, 1000000, off, OR_OFF,    \
           "viewers", "the most viewers of video at a time")                  \
    NUMBER(max_per_camera, "CCTVMaxViewersPerCamera", SERVER, 1, 1000000,     \
           off, OR_OFF, "viewers", "the most viewers of a camera at a time")

CCTV_SERVER_SETTINGS_DECLARE(video, CCTV_VIDEO_SETTINGS);

/** @return whether there is a Janus: CCTVJanusURL, or CCTVJanus */
bool cctv_video_settings_have_janus(const cctv_video_settings_t *settings);

/** @return whether each Janus has an admin API */
bool cctv_video_settings_have_admin(const cctv_video_settings_t *settings);

/** Check that all directives are set that other directives of video need.
 *  @return a sentence that says what is wrong, or NULL */
const char *cctv_video_settings_check(const cctv_video_settings_t *settings);

#endif
