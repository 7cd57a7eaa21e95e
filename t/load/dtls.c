/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dtls.c
 * @brief DTLS by OpenSSL, over datagrams that others read and send.
 */
#include "dtls.h"

#include "offer.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MTU 1200
/* "AB:" for each byte. */
#define FINGERPRINT_TEXT (3 * LOAD_SHA256)

struct load_dtls {
    SSL *ssl;
    uint8_t peer[LOAD_SHA256];
    load_dtls_send_t send;
    void *context;
    /* The datagram that is read now. */
    const uint8_t *data;
    size_t length;
    load_dtls_state_t state;
};

static SSL_CTX *settings;
static BIO_METHOD *datagrams;
static char own_fingerprint[FINGERPRINT_TEXT + 1];

static void need(bool is_done, const char *what)
{
    if (!is_done) {
        fprintf(stderr, "OpenSSL cannot %s.\n", what);
        exit(EXIT_FAILURE);
    }
}

static int bio_write(BIO *bio, const char *data, int length)
{
    load_dtls_t *dtls = BIO_get_data(bio);

    dtls->send(dtls->context, data, (size_t)length);
    return length;
}

static int bio_read(BIO *bio, char *out, int size)
{
    load_dtls_t *dtls = BIO_get_data(bio);
    size_t length = dtls->length < (size_t)size ? dtls->length : (size_t)size;

    BIO_clear_retry_flags(bio);
    if (length == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(out, dtls->data, length);
    dtls->length = 0;
    return (int)length;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
    case BIO_CTRL_DGRAM_QUERY_MTU:
        return MTU;
    default:
        return 0;
    }
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static void make_bio(void)
{
    datagrams = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                             "datagrams");
    need(datagrams != NULL && BIO_meth_set_write(datagrams, bio_write)
             && BIO_meth_set_read(datagrams, bio_read)
             && BIO_meth_set_ctrl(datagrams, bio_control)
             && BIO_meth_set_create(datagrams, bio_create),
         "make a BIO");
}

static void digest_of(const X509 *certificate, uint8_t *out)
{
    unsigned length = LOAD_SHA256;

    need(X509_digest(certificate, EVP_sha256(), out, &length) == 1,
         "make a fingerprint");
}

static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *made = X509_new();
    uint8_t digest[LOAD_SHA256];

    need(key != NULL && made != NULL && X509_set_version(made, 2)
             && ASN1_INTEGER_set(X509_get_serialNumber(made), 1)
             && X509_gmtime_adj(X509_getm_notBefore(made), -86400) != NULL
             && X509_gmtime_adj(X509_getm_notAfter(made), 30 * 86400) != NULL
             && X509_NAME_add_entry_by_txt(
                 X509_get_subject_name(made), "CN", MBSTRING_ASC,
                 (const unsigned char *)"viewer", -1, -1, 0)
             && X509_set_issuer_name(made, X509_get_subject_name(made))
             && X509_set_pubkey(made, key)
             && X509_sign(made, key, EVP_sha256())
             && SSL_CTX_use_certificate(settings, made) == 1
             && SSL_CTX_use_PrivateKey(settings, key) == 1,
         "make a certificate");
    digest_of(made, digest);
    for (int i = 0; i < LOAD_SHA256; i++) {
        snprintf(own_fingerprint + 3 * i, 4, "%02X:", digest[i]);
    }
    /* Without the last colon. */
    own_fingerprint[FINGERPRINT_TEXT - 1] = '\0';
    X509_free(made);
    EVP_PKEY_free(key);
}

/* Certificates sign themselves; the fingerprint decides. */
static int accept_any(int is_fine, X509_STORE_CTX *chain)
{
    (void)is_fine;
    (void)chain;
    return 1;
}

void load_dtls_start(void)
{
    settings = SSL_CTX_new(DTLS_server_method());
    /* 0 is success here. */
    need(settings != NULL
             && SSL_CTX_set_tlsext_use_srtp(settings, "SRTP_AES128_CM_SHA1_80")
                    == 0,
         "speak DTLS-SRTP");
    SSL_CTX_set_verify(settings,
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       accept_any);
    SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(settings, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(settings, SSL_MODE_RELEASE_BUFFERS);
    make_bio();
    make_certificate();
}

const char *load_dtls_fingerprint(void)
{
    return own_fingerprint;
}

load_dtls_t *load_dtls_make(const uint8_t *peer, load_dtls_send_t send,
                            void *context)
{
    load_dtls_t *dtls = calloc(1, sizeof *dtls);
    BIO *bio = BIO_new(datagrams);

    need(dtls != NULL && bio != NULL, "get memory");
    dtls->ssl = SSL_new(settings);
    need(dtls->ssl != NULL, "get memory");
    memcpy(dtls->peer, peer, LOAD_SHA256);
    dtls->send = send;
    dtls->context = context;
    BIO_set_data(bio, dtls);
    SSL_set_bio(dtls->ssl, bio, bio);
    DTLS_set_link_mtu(dtls->ssl, MTU);
    SSL_set_accept_state(dtls->ssl);
    return dtls;
}

static bool is_right_peer(load_dtls_t *dtls)
{
    X509 *peer = SSL_get1_peer_certificate(dtls->ssl);
    uint8_t digest[LOAD_SHA256] = { 0 };

    if (peer != NULL) {
        digest_of(peer, digest);
        X509_free(peer);
    }
    return memcmp(digest, dtls->peer, LOAD_SHA256) == 0
           && SSL_get_selected_srtp_profile(dtls->ssl) != NULL;
}

static load_dtls_state_t shake(load_dtls_t *dtls)
{
    int done;

    if (dtls->length == 0) {
        DTLSv1_handle_timeout(dtls->ssl);
        return LOAD_DTLS_SHAKES;
    }
    done = SSL_do_handshake(dtls->ssl);
    if (done == 1) {
        return is_right_peer(dtls) ? LOAD_DTLS_READY : LOAD_DTLS_CLOSED;
    }
    return SSL_get_error(dtls->ssl, done) == SSL_ERROR_WANT_READ
               ? LOAD_DTLS_SHAKES
               : LOAD_DTLS_CLOSED;
}

load_dtls_state_t load_dtls_read(load_dtls_t *dtls, const uint8_t *data,
                                 size_t length)
{
    char ignored[256];

    dtls->data = data;
    dtls->length = length;
    if (dtls->state == LOAD_DTLS_SHAKES) {
        dtls->state = shake(dtls);
    }
    else if (dtls->state == LOAD_DTLS_READY && length > 0) {
        SSL_read(dtls->ssl, ignored, sizeof ignored);
        if (SSL_get_shutdown(dtls->ssl) & SSL_RECEIVED_SHUTDOWN) {
            dtls->state = LOAD_DTLS_CLOSED;
        }
    }
    dtls->length = 0;
    return dtls->state;
}

void load_dtls_close(load_dtls_t *dtls)
{
    if (dtls == NULL) {
        return;
    }
    if (dtls->state == LOAD_DTLS_READY) {
        SSL_shutdown(dtls->ssl);
    }
    SSL_free(dtls->ssl);
    free(dtls);
}
