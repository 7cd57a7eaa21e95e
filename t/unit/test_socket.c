/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file test_socket.c
 * @brief Tests of the sockets of clients that read events.
 */
#include "t_common.h"

#include "push/socket.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 1000000

static char piece[PIECE];
static cctv_socket_t sender;
static cctv_kept_t kept;
static int reader;

static void make_sockets(void)
{
    int ends[2];
    size_t i;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    cctv_socket_init(&sender, ends[0]);
    kept = (cctv_kept_t){ .most = PIECE };
    sender.kept = &kept;
    reader = ends[1];
    for (i = 0; i < PIECE; i++) {
        piece[i] = (char)(i * 7 % 251);
    }
}

START_TEST(test_what_is_not_read_is_kept)
{
    static char got[PIECE];
    uint64_t sent = 0;
    size_t length = 0;

    make_sockets();
    ck_assert_int_eq(cctv_socket_send(&sender, piece, 100, 5, &sent),
                     CCTV_SOCKET_FINE);
    ck_assert_uint_eq(sent, 100);
    ck_assert_ptr_null(sender.rest);
    ck_assert_int_eq(read(reader, got, sizeof got), 100);
    sent = 0;
    ck_assert_int_eq(cctv_socket_send(&sender, piece, PIECE, 5, &sent),
                     CCTV_SOCKET_FINE);
    ck_assert_ptr_nonnull(sender.rest);
    ck_assert_int_eq(sender.rest_since, 5);
    ck_assert_uint_eq(sent + sender.rest_length, PIECE);
    ck_assert_uint_eq(kept.bytes, sender.rest_length);
    while (sender.rest != NULL) {
        ssize_t n = read(reader, got + length, sizeof got - length);

        ck_assert_int_gt(n, 0);
        length += (size_t)n;
        ck_assert_int_eq(cctv_socket_resume(&sender, &sent), CCTV_SOCKET_FINE);
    }
    ck_assert_uint_eq(sent, PIECE);
    ck_assert_uint_eq(kept.bytes, 0);
    while (length < PIECE) {
        ssize_t n = read(reader, got + length, sizeof got - length);

        ck_assert_int_gt(n, 0);
        length += (size_t)n;
    }
    ck_assert(memcmp(got, piece, PIECE) == 0);
    cctv_socket_close(&sender);
    close(reader);
}
END_TEST

START_TEST(test_a_client_that_has_left)
{
    uint64_t sent = 0;

    make_sockets();
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_FINE);
    ck_assert_int_eq(write(reader, "hello", 5), 5);
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_FINE);
    ck_assert_int_eq(cctv_socket_send(&sender, piece, PIECE, 5, &sent),
                     CCTV_SOCKET_FINE);
    ck_assert_ptr_nonnull(sender.rest);
    close(reader);
    /* No signal comes. */
    ck_assert_int_eq(cctv_socket_resume(&sender, &sent), CCTV_SOCKET_GONE);
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_GONE);
    cctv_socket_close(&sender);
    ck_assert_ptr_null(sender.rest);
    ck_assert_uint_eq(kept.bytes, 0);
}
END_TEST

/* All clients together have a bound. */
START_TEST(test_too_much_is_kept_already)
{
    uint64_t sent = 0;

    make_sockets();
    kept.bytes = PIECE / 2;
    ck_assert_int_eq(cctv_socket_send(&sender, piece, PIECE, 5, &sent),
                     CCTV_SOCKET_SLOW);
    ck_assert_ptr_null(sender.rest);
    ck_assert_uint_eq(kept.bytes, PIECE / 2);
    cctv_socket_close(&sender);
    ck_assert_uint_eq(kept.bytes, PIECE / 2);
    close(reader);
}
END_TEST

/* A session with its handshake behind it, on `sender`, and its client, which
 * has the other end. No certificate is needed: the key is known to both. */

static unsigned key_of(SSL *tls, const char *hint, char *identity,
                       unsigned identity_size, unsigned char *key,
                       unsigned key_size)
{
    (void)tls;
    (void)hint;
    (void)identity_size;
    (void)key_size;
    strcpy(identity, "a");
    memset(key, 7, 16);
    return 16;
}

static unsigned key_for(SSL *tls, const char *identity, unsigned char *key,
                        unsigned size)
{
    (void)tls;
    (void)identity;
    (void)size;
    memset(key, 7, 16);
    return 16;
}

static SSL *new_session(const SSL_METHOD *method, int version)
{
    SSL_CTX *context = SSL_CTX_new(method);
    SSL *tls;

    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_cipher_list(context, "PSK:@SECLEVEL=0");
    SSL_CTX_set_psk_client_callback(context, key_of);
    SSL_CTX_set_psk_server_callback(context, key_for);
    tls = SSL_new(context);
    SSL_CTX_free(context);
    return tls;
}

static SSL *client;

static void make_sessions(int version)
{
    SSL *server = new_session(TLS_server_method(), version);
    bool is_done = false;

    make_sockets();
    signal(SIGPIPE, SIG_IGN);
    client = new_session(TLS_client_method(), version);
    fcntl(sender.fd, F_SETFL, O_NONBLOCK);
    fcntl(reader, F_SETFL, O_NONBLOCK);
    SSL_set_fd(server, sender.fd);
    SSL_set_fd(client, reader);
    while (!is_done) {
        int mine = SSL_connect(client);

        is_done = SSL_accept(server) == 1 && mine == 1;
    }
    ck_assert(cctv_socket_use_tls(&sender, server));
}

static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

START_TEST(test_tls_keeps_what_is_not_read)
{
    static char got[PIECE];
    uint64_t sent = 0;
    size_t length = 0;

    make_sessions(versions[_i]);
    ck_assert_int_eq(cctv_socket_send(&sender, piece, PIECE, 5, &sent),
                     CCTV_SOCKET_FINE);
    ck_assert_ptr_nonnull(sender.rest);
    ck_assert_uint_eq(sent + sender.rest_length, PIECE);
    while (length < PIECE) {
        size_t n = 0;

        if (SSL_read_ex(client, got + length, sizeof got - length, &n) != 1) {
            ck_assert_ptr_nonnull(sender.rest);
            ck_assert_int_eq(cctv_socket_resume(&sender, &sent),
                             CCTV_SOCKET_FINE);
        }
        length += n;
    }
    ck_assert(memcmp(got, piece, PIECE) == 0);
    ck_assert_ptr_null(sender.rest);
    ck_assert_uint_eq(sent, PIECE);
    ck_assert_uint_eq(kept.bytes, 0);
    /* The client is told of the end. */
    cctv_socket_close(&sender);
    ck_assert_int_eq(SSL_get_error(client, SSL_read(client, got, 1)),
                     SSL_ERROR_ZERO_RETURN);
    SSL_free(client);
    close(reader);
}
END_TEST

START_TEST(test_tls_notices_that_a_client_has_left)
{
    uint64_t sent = 0;

    make_sessions(versions[_i]);
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_FINE);
    ck_assert_int_eq(SSL_write(client, "hello", 5), 5);
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_FINE);
    SSL_shutdown(client);
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_GONE);
    close(reader);
    ck_assert_int_eq(cctv_socket_send(&sender, piece, PIECE, 5, &sent),
                     CCTV_SOCKET_GONE);
    cctv_socket_close(&sender);
    SSL_free(client);
}
END_TEST

START_TEST(test_tls_and_bytes_of_another_session)
{
    make_sessions(versions[_i]);
    ck_assert_int_eq(write(reader, piece, 1000), 1000);
    ck_assert_int_eq(cctv_socket_discard(&sender), CCTV_SOCKET_GONE);
    cctv_socket_close(&sender);
    SSL_free(client);
    close(reader);
}
END_TEST

TCase *socket_tests(void)
{
    TCase *tcase = tcase_create("socket");

    tcase_add_test(tcase, test_what_is_not_read_is_kept);
    tcase_add_test(tcase, test_a_client_that_has_left);
    tcase_add_test(tcase, test_too_much_is_kept_already);
    tcase_add_loop_test(tcase, test_tls_keeps_what_is_not_read, 0, 2);
    tcase_add_loop_test(tcase, test_tls_notices_that_a_client_has_left, 0, 2);
    tcase_add_loop_test(tcase, test_tls_and_bytes_of_another_session, 0, 2);
    return tcase;
}
