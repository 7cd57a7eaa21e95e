/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tls.c
 * @brief Takes the TLS session of a connection away from mod_ssl.
 * Layer: httpd.
 */
#include "push/mod_tls.h"

#include "config/mod_settings.h"

#include "apr_optional_hooks.h"
#include "apr_strings.h"
#include "http_config.h"
#include "mod_ssl.h"
#include "util_filter.h"

#include <openssl/ssl.h>
#include <string.h>

/* The hook as mod_ssl_openssl.h declares it; Debian does not install that. */
typedef int ssl_HOOK_pre_handshake_t(conn_rec *c, SSL *ssl, int is_proxy);

/* What is known about a connection of mod_ssl; from its pool. */
typedef struct {
    SSL *tls;
    void (*take)(void *baton, SSL *tls); /* NULL: it is not taken */
    void *baton;
} cctv_tls_link_t;

static bool is_same_library;

static apr_status_t connection_forgotten(void *data)
{
    cctv_tls_link_t *known = data;

    if (known->take != NULL) {
        known->take(known->baton, known->tls);
    }
    return APR_SUCCESS;
}

/* mod_ssl registers its own cleanup after this hook, so it runs before ours. */
static int pre_handshake(conn_rec *c, SSL *ssl, int is_proxy)
{
    cctv_tls_link_t *known;

    if (is_proxy == 0 && is_same_library) {
        known = apr_pcalloc(c->pool, sizeof *known);
        known->tls = ssl;
        ap_set_module_config(c->conn_config, &cctv_module, known);
        apr_pool_cleanup_register(c->pool, known, connection_forgotten,
                                  apr_pool_cleanup_null);
    }
    return DECLINED;
}

static cctv_tls_link_t *link_of(const conn_rec *c)
{
    return ap_get_module_config(c->conn_config, &cctv_module);
}

/* This makes OpenSSL read all that has arrived, so that no byte of a record is
 * left with httpd. */
static bool has_sent_more(conn_rec *c)
{
    apr_bucket_brigade *bb = apr_brigade_create(c->pool, c->bucket_alloc);
    apr_status_t rv = ap_get_brigade(c->input_filters, bb, AP_MODE_SPECULATIVE,
                                     APR_NONBLOCK_READ, 1);
    apr_off_t length = 0;

    if (rv == APR_SUCCESS) {
        rv = apr_brigade_length(bb, 0, &length);
    }
    apr_brigade_destroy(bb);
    return rv == APR_SUCCESS ? length > 0 : !APR_STATUS_IS_EAGAIN(rv);
}

bool cctv_tls_is_used(const conn_rec *c)
{
    return link_of(c) != NULL;
}

bool cctv_tls_can_take(conn_rec *c)
{
    return cctv_tls_is_used(c) && !has_sent_more(c);
}

void cctv_tls_take(conn_rec *c, void (*take)(void *baton, SSL *tls),
                   void *baton)
{
    cctv_tls_link_t *known = link_of(c);

    SSL_up_ref(known->tls);
    known->baton = baton;
    known->take = take;
}

void cctv_tls_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    APR_OPTIONAL_HOOK(ssl, pre_handshake, pre_handshake, NULL, NULL,
                      APR_HOOK_MIDDLE);
}

/* mod_ssl may have been built with another OpenSSL, whose memory looks
 * different. */
void cctv_tls_child_init(apr_pool_t *pchild, server_rec *main_server)
{
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) *lookup = APR_RETRIEVE_OPTIONAL_FN(
        ssl_var_lookup);
    char name[] = "SSL_VERSION_LIBRARY";
    const char *own = apr_pstrcat(
        pchild, "OpenSSL/", OpenSSL_version(OPENSSL_VERSION_STRING), NULL);
    const char *other = lookup == NULL
                            ? NULL
                            : lookup(pchild, main_server, NULL, NULL, name);

    is_same_library = other != NULL && strcmp(other, own) == 0;
}
