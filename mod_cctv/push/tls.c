/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tls.c
 * @brief The TLS session of a client of server-sent events, without httpd.
 * Layer: pure.
 */
#include "push/tls.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

/* A client that sends without end may not keep the thread: pieces. */
#define DISCARD_MOST 64

static bool never_waits(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool cctv_tls_attach(SSL *tls, int fd)
{
    BIO *bio = never_waits(fd) ? BIO_new_socket(fd, BIO_NOCLOSE) : NULL;

    if (bio == NULL) {
        /* Nothing is sent through what it was attached to. */
        SSL_set_quiet_shutdown(tls, 1);
        return false;
    }
    SSL_set_bio(tls, bio, bio);
    /* The callbacks of mod_ssl do nothing without a connection of httpd. */
    SSL_set_app_data(tls, NULL);
    SSL_set_options(tls, SSL_OP_NO_RENEGOTIATION);
    /* Buffers of 16 KiB are freed while nothing is sent or received. */
    SSL_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY
                          | SSL_MODE_ENABLE_PARTIAL_WRITE
                          | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return true;
}

/* Whether the last call failed only because the socket would have to wait. */
static bool has_to_wait(SSL *tls)
{
    int error = SSL_get_error(tls, 0);

    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        return true;
    }
    if (error != SSL_ERROR_ZERO_RETURN) {
        /* After any other error, OpenSSL allows no alert. */
        SSL_set_quiet_shutdown(tls, 1);
    }
    return false;
}

ssize_t cctv_tls_write(SSL *tls, const char *text, size_t length)
{
    size_t sent = 0;

    while (sent < length) {
        size_t n = 0;

        ERR_clear_error();
        if (SSL_write_ex(tls, text + sent, length - sent, &n) != 1) {
            return has_to_wait(tls) ? (ssize_t)sent : -1;
        }
        sent += n;
    }
    return (ssize_t)sent;
}

bool cctv_tls_discard(SSL *tls)
{
    char bytes[1024];
    size_t n;
    int i;

    for (i = 0; i < DISCARD_MOST; i++) {
        ERR_clear_error();
        if (SSL_read_ex(tls, bytes, sizeof bytes, &n) != 1) {
            return has_to_wait(tls);
        }
    }
    return true;
}

void cctv_tls_close(SSL *tls)
{
    ERR_clear_error();
    SSL_shutdown(tls);
    SSL_free(tls);
    ERR_clear_error();
}
