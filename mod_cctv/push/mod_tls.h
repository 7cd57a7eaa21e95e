/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tls.h
 * @brief Takes the TLS session of a connection away from mod_ssl.
 * Layer: httpd.
 *
 * mod_ssl names the session (SSL) of OpenSSL of each connection to a hook that
 * it offers to other modules (mod_ssl_openssl.h of httpd 2.4.33 and later). A
 * second reference lets the session outlive the connection: when httpd has
 * forgotten the connection, and mod_ssl with it, the session goes on with a
 * socket of ours. So a client costs neither a thread nor a connection of
 * httpd, on every MPM.
 *
 * The alternative, a suspended connection that is written to through its
 * filters, was given up: on event each one counts as a connection of the
 * process, so that the process stops accepting (with the default
 * AsyncRequestWorkerFactor at 75 of them) and never ends by
 * MaxConnectionsPerChild; it keeps the pools of connection and request; httpd
 * 2.4 has no function to resume it from another thread; and worker and prefork
 * cannot suspend at all.
 */
#ifndef CCTV_PUSH_MOD_TLS_H
#define CCTV_PUSH_MOD_TLS_H

#include "httpd.h"

#include <stdbool.h>

struct ssl_st;

/** Whether mod_ssl has a session for a connection, as far as is known here. */
bool cctv_tls_is_used(const conn_rec *c);

/**
 * Whether the session of a connection can be taken: mod_ssl uses the OpenSSL
 * that this module uses, and the client has sent nothing after its request that
 * httpd holds already.
 */
bool cctv_tls_can_take(conn_rec *c);

/**
 * Take the session. The handler has to make httpd close the connection without
 * a word to the client: c->aborted.
 *
 * @param take   called in the same thread once httpd and mod_ssl have forgotten
 *               the connection. Owns the session and the baton
 * @param baton  not from a pool of the connection
 */
void cctv_tls_take(conn_rec *c, void (*take)(void *baton, struct ssl_st *tls),
                   void *baton);

/** Hook register_hooks. */
void cctv_tls_register_hooks(apr_pool_t *pool);

/** Hook child_init. */
void cctv_tls_child_init(apr_pool_t *pchild, server_rec *main_server);

#endif
