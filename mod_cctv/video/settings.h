/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file settings.h
 * @brief What the directives say about video; of the whole server.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_SETTINGS_H
#define CCTV_VIDEO_SETTINGS_H

#include "video/logins.h"

#include "httpd.h"
#include "http_config.h"

#include <stdbool.h>
#include <stdint.h>

/** Part of the main server's configuration. */
typedef struct {
    const char *janus_url;       /**< NULL: no video; no slash at its end */
    const char *admin_url;       /**< NULL: none */
    const char *secret;          /**< shared with Janus; NULL: none */
    int64_t idle_timeout;        /**< µs; CCTV_UNSET */
    int64_t cold_timeout;        /**< µs; CCTV_UNSET */
    int64_t whep_max_age;        /**< µs; CCTV_UNSET; 0: no limit */
    int is_proxied;              /**< whether browsers may talk to Janus */
    int max_viewers;             /**< CCTV_UNSET; 0: no limit */
    int max_per_camera;          /**< CCTV_UNSET; 0: no limit */
    const cctv_logins_t *logins; /**< NULL: none */
    apr_array_header_t *turn_servers; /**< of const char *; NULL: none */
    bool needs_turn_secret;
    const char *turn_secret; /**< NULL: none */
} cctv_video_settings_t;

/** For config.c: what is not set. */
void cctv_video_settings_init(cctv_video_settings_t *settings);

/** The setters of directives that are more than a number or a time. */
const char *cctv_video_set_url(cmd_parms *cmd, void *dir, const char *arg);
const char *cctv_video_set_admin_url(cmd_parms *cmd, void *dir,
                                     const char *arg);
const char *cctv_video_set_secret(cmd_parms *cmd, void *dir, const char *path);
const char *cctv_video_set_logins(cmd_parms *cmd, void *dir, const char *path);
const char *cctv_video_set_turn_secret(cmd_parms *cmd, void *dir,
                                       const char *path);
const char *cctv_video_add_turn_server(cmd_parms *cmd, void *dir,
                                       const char *arg);
const char *cctv_video_set_proxy(cmd_parms *cmd, void *dir, int flag);

/** What is wrong between them. @return a sentence, or NULL */
const char *cctv_video_settings_check(const cctv_video_settings_t *settings);

#endif
