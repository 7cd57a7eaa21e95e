/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_runtime.h
 * @brief What the processes know of the database of a server or virtual host.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_RUNTIME_H
#define CCTV_DATABASE_MOD_RUNTIME_H

#include "guard/breaker.h"

#include "httpd.h"

#include <stdbool.h>

/** Whether mod_dbd has a database of PostgreSQL for it. configtest.c says so
 *  in the hook check_config. */
bool cctv_database_is_configured(const server_rec *s);
void cctv_database_set_configured(server_rec *s, bool is_configured);

/** The DBDParams of the whole server if all virtual hosts that have a database
 *  have the same one, otherwise NULL. configtest.c says so, likewise. */
const char *cctv_database_only_params(void);
void cctv_database_set_only_params(const char *params);

/** In memory that all processes share. Set in post_config. */
cctv_breaker_t *cctv_database_breaker(const server_rec *s);
void cctv_database_set_breaker(server_rec *s, cctv_breaker_t *breaker);

/** What the directives of mod_dbd say. */
typedef struct {
    const char *key;    /**< the same where mod_dbd's pool is the same */
    const char *params; /**< DBDParams; NULL: none */
    int max;            /**< DBDMax */
} cctv_dbd_t;

/** Which pool of mod_dbd it uses. configtest.c says so. */
const cctv_dbd_t *cctv_database_dbd(const server_rec *s);
void cctv_database_set_dbd(server_rec *s, cctv_dbd_t *dbd);

/** That pool in this process; virtual hosts with the same key share it. Set in
 *  child_init, for pool.c. */
struct cctv_pool_t *cctv_database_pool(const server_rec *s);
void cctv_database_set_pool(server_rec *s, struct cctv_pool_t *pool);

#endif
