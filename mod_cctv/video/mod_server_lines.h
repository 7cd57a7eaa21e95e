/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_server_lines.h
 * @brief The directive CCTVJanus: one line for each Janus server.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SERVER_LINES_H
#define CCTV_VIDEO_MOD_SERVER_LINES_H

#include "config/mod_settings.h"

#include "apr_tables.h"

/** What a line says. */
typedef struct {
    const char *name;
    uint16_t key;          /**< see server_key.h */
    const char *url;       /**< no slash at the end */
    const char *admin_url; /**< the same; NULL: it has no admin API */
    const char *secret;    /**< NULL: that of CCTVJanusSecretFile */
    unsigned weight;
    uint32_t max; /**< the most views; 0: no limit */
    bool is_draining;
} cctv_server_line_t;

/** The setter of the directive.
 *  @param value  an array of cctv_server_line_t; NULL before the first line */
cctv_setting_set_t cctv_server_line_add;

/** @return whether each server has an admin API */
bool cctv_server_lines_have_admin(const apr_array_header_t *lines);

/** @return whether each server has a secret of its own */
bool cctv_server_lines_have_secrets(const apr_array_header_t *lines);

#endif
