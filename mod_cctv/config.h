/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file config.h
 * @brief What the directives set.
 * Layer: httpd.
 */
#ifndef CCTV_CONFIG_H
#define CCTV_CONFIG_H

#include "guard/breaker.h"
#include "geoip/database.h"
#include "video/settings.h"

#include "httpd.h"
#include "http_config.h"
#include "ap_expr.h"

#include <stdbool.h>
#include <stdint.h>

extern module AP_MODULE_DECLARE_DATA cctv_module;

/** What the directives of mod_dbd say. */
typedef struct {
    const char *key;    /**< the same where mod_dbd's pool is the same */
    const char *params; /**< DBDParams; NULL: none */
    int max;            /**< DBDMax */
} cctv_dbd_t;

/** Of a virtual host. */
typedef struct {
    int64_t query_timeout;   /**< µs; CCTV_UNSET */
    int64_t session_timeout; /**< µs; CCTV_UNSET */
    int max_per_client;      /**< CCTV_UNSET; 0: no limit */
    /** Whether DBDriver names a database for it. */
    bool has_database;
    /** Of the whole server, set in the main one: see cctv_tables_config_t. */
    int max_sessions;       /**< CCTV_UNSET */
    int max_series;         /**< CCTV_UNSET */
    int series_idle;        /**< CCTV_UNSET */
    int64_t state_interval; /**< CCTV_UNSET */
    const char *state_file; /**< NULL: none */
    cctv_video_settings_t video;
    /** In memory shared by all processes; of this database. */
    cctv_breaker_t *breaker;
    /** Which pool of mod_dbd it uses. */
    const cctv_dbd_t *dbd;
    /** That pool in this process; shared with the virtual hosts that have the
     *  same key. For database/pool.c. */
    struct cctv_pool_t *pool;
    /** Of this process. For cameras/source.c. */
    struct cctv_source_t *source;
    /** Of the whole server, in each configuration; or NULL. */
    cctv_geoip_database_t *geoip;
} cctv_server_config_t;

/** Of a directory or location. */
typedef struct {
    int max_features; /**< CCTV_UNSET */
    /** NULL: not set, every role may be seen. */
    const ap_expr_info_t *roles;
    /** Of cctv_origin_t. NULL: not set; empty: none. */
    apr_array_header_t *origins;
} cctv_dir_config_t;

#define CCTV_UNSET (-1)

extern const command_rec cctv_directives[];

void *cctv_config_create_server(apr_pool_t *p, server_rec *s);
void *cctv_config_merge_server(apr_pool_t *p, void *base, void *add);
void *cctv_config_create_dir(apr_pool_t *p, char *dir);
void *cctv_config_merge_dir(apr_pool_t *p, void *base, void *add);

/** The configuration that applies, as it was set. */
cctv_server_config_t *cctv_config_server(const server_rec *s);
const cctv_dir_config_t *cctv_config_dir(const request_rec *r);

/** With the defaults put in. */
int cctv_config_max_features(const request_rec *r);
/** µs. */
int64_t cctv_config_query_timeout(const server_rec *s);
cctv_breaker_t *cctv_config_breaker(const server_rec *s);

/** µs. */
int64_t cctv_config_session_timeout(const server_rec *s);
/** 0: no limit. */
uint32_t cctv_config_max_per_client(const server_rec *s);

/** What is shared by all processes. */
typedef struct {
    uint32_t max_sessions;
    uint32_t max_series;
    const char *state_file; /**< NULL: none */
    int64_t state_interval; /**< µs */
    uint16_t series_idle;   /**< days; 0: for ever */
} cctv_tables_config_t;

cctv_tables_config_t cctv_config_tables(const server_rec *main_server);

/** Of video, with the defaults put in. */
cctv_video_settings_t cctv_config_video(const server_rec *main_server);

#endif
