/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file runtime.c
 * @brief What the processes know of the database of a server or virtual host.
 * Layer: httpd.
 */
#include "database/runtime.h"

#include "config/runtime.h"

static cctv_runtime_slot_t configured_slot;
static cctv_runtime_slot_t breaker_slot;
static cctv_runtime_slot_t opening_slot;

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

cctv_gate_t *cctv_database_opening(const server_rec *s)
{
    return cctv_runtime_get(s, &opening_slot);
}

void cctv_database_set_opening(server_rec *s, cctv_gate_t *gate)
{
    cctv_runtime_set(s, &opening_slot, gate);
}
