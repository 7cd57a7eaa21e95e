/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_runtime.h
 * @brief The data about the database of a server or virtual host.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_RUNTIME_H
#define CCTV_DATABASE_MOD_RUNTIME_H

#include "guard/breaker.h"

#include "httpd.h"

#include <stdbool.h>

/**
 * Whether the server has a PostgreSQL database through mod_dbd.
 * mod_configtest.c sets this in the hook check_config.
 */
bool cctv_database_is_configured(const server_rec *s);
void cctv_database_set_configured(server_rec *s, bool is_configured);

/**
 * The DBDParams, if all virtual hosts that have a database have the same;
 * otherwise NULL. mod_configtest.c sets this in the hook check_config.
 */
const char *cctv_database_only_params(void);
void cctv_database_set_only_params(const char *params);

/** The breaker, in memory that all processes share. Set in post_config. */
cctv_breaker_t *cctv_database_breaker(const server_rec *s);
void cctv_database_set_breaker(server_rec *s, cctv_breaker_t *breaker);

/** The directives of mod_dbd. */
typedef struct {
    /** the same for all servers that share a pool of mod_dbd */
    const char *key;
    const char *params; /**< DBDParams; NULL: none */
    int max;            /**< DBDMax */
} cctv_dbd_t;

/** The directives of mod_dbd for this server. Set by mod_configtest.c. */
const cctv_dbd_t *cctv_database_dbd(const server_rec *s);
void cctv_database_set_dbd(server_rec *s, cctv_dbd_t *dbd);

/**
 * The pool of this server in this process; virtual hosts with the same key
 * share it. Set in child_init by mod_pool.c.
 */
struct cctv_pool_t *cctv_database_pool(const server_rec *s);
void cctv_database_set_pool(server_rec *s, struct cctv_pool_t *pool);

#endif
