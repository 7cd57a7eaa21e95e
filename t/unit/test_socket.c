/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file test_socket.c
 * @brief Tests of the sockets of clients that read events.
 */
#include "t_common.h"

#include "push/socket.h"

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

TCase *socket_tests(void)
{
    TCase *tcase = tcase_create("socket");

    tcase_add_test(tcase, test_what_is_not_read_is_kept);
    tcase_add_test(tcase, test_a_client_that_has_left);
    tcase_add_test(tcase, test_too_much_is_kept_already);
    return tcase;
}
