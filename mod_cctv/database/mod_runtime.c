/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_runtime.c
 * @brief The data about the database of a server or virtual host.
 * Layer: httpd.
 */
#include "database/mod_runtime.h"

#include "config/mod_runtime.h"

static cctv_runtime_slot_t configured_slot;
static cctv_runtime_slot_t breaker_slot;
static cctv_runtime_slot_t dbd_slot;
static cctv_runtime_slot_t pool_slot;

static const char *only_params;

const char *cctv_database_only_params(void)
{
    return only_params;
}

void cctv_database_set_only_params(const char *params)
{
    only_params = params;
}

bool cctv_database_is_configured(const server_rec *s)
{
    return cctv_runtime_get(s, &configured_slot) != NULL;
}

void cctv_database_set_configured(server_rec *s, bool is_configured)
{
    cctv_runtime_set(s, &configured_slot,
                     is_configured ? &configured_slot : NULL);
}

cctv_breaker_t *cctv_database_breaker(const server_rec *s)
{
    return cctv_runtime_get(s, &breaker_slot);
}

void cctv_database_set_breaker(server_rec *s, cctv_breaker_t *breaker)
{
    cctv_runtime_set(s, &breaker_slot, breaker);
}

const cctv_dbd_t *cctv_database_dbd(const server_rec *s)
{
    return cctv_runtime_get(s, &dbd_slot);
}

void cctv_database_set_dbd(server_rec *s, cctv_dbd_t *dbd)
{
    cctv_runtime_set(s, &dbd_slot, dbd);
}

struct cctv_pool_t *cctv_database_pool(const server_rec *s)
{
    return cctv_runtime_get(s, &pool_slot);
}

void cctv_database_set_pool(server_rec *s, struct cctv_pool_t *pool)
{
    cctv_runtime_set(s, &pool_slot, pool);
}
