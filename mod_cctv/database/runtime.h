/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file runtime.h
 * @brief What the processes know of the database of a server or virtual host.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_RUNTIME_H
#define CCTV_DATABASE_RUNTIME_H

#include "guard/breaker.h"
#include "guard/gate.h"

#include "httpd.h"

#include <stdbool.h>

/** Whether mod_dbd has a database of PostgreSQL for it. configtest.c says so
 *  in the hook check_config. */
bool cctv_database_is_configured(const server_rec *s);
void cctv_database_set_configured(server_rec *s, bool is_configured);

/** In memory that all processes share. Set in post_config. */
cctv_breaker_t *cctv_database_breaker(const server_rec *s);
void cctv_database_set_breaker(server_rec *s, cctv_breaker_t *breaker);

/** Of this process: one thread at a time opens connections. Set in
 *  child_init. */
cctv_gate_t *cctv_database_opening(const server_rec *s);
void cctv_database_set_opening(server_rec *s, cctv_gate_t *gate);

#endif
