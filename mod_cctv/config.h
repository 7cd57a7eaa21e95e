/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file config.h
 * @brief What the directives set.
 * Layer: httpd.
 */
#ifndef CCTV_CONFIG_H
#define CCTV_CONFIG_H

#include "database/breaker.h"
#include "database/gate.h"
#include "geoip/database.h"

#include "httpd.h"
#include "http_config.h"
#include "ap_expr.h"

#include <stdbool.h>
#include <stdint.h>

extern module AP_MODULE_DECLARE_DATA cctv_module;

/** Of a virtual host. */
typedef struct {
    int64_t query_timeout; /**< µs; CCTV_UNSET */
    /** In memory shared by all processes; of this virtual host alone. */
    cctv_breaker_t *breaker;
    /** Of this process; one place. For database/pool.c. */
    cctv_gate_t *opening;
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

/**
 * Hook check_config, which `apachectl configtest` runs too: what is wrong
 * between directives, not with one of them.
 */
int cctv_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *s);

/** DBDMax, the least where several virtual hosts set it: known from the
 *  check on. */
int cctv_config_dbd_max(void);

/**
 * Hook post_config: the breakers in shared memory, one for each virtual
 * host.
 */
int cctv_config_share(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *s);

#endif
