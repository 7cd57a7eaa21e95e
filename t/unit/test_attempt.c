/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_postgres.h"

#include "database/attempt.h"
#include "database/query.h"

static t_postgres_t server;

static void start(void)
{
    t_postgres_start(&server, 1);
}

static void stop(void)
{
    t_postgres_stop(&server);
}

START_TEST(an_attempt_tells_a_refusal_from_a_server_that_is_down)
{
    PGconn *conn;

    ck_assert_int_eq(cctv_attempt(server.params), CCTV_ATTEMPT_OK);
    /* An attempt leaves no connection behind. */
    while (atomic_load(&server.clients) > 0) {
    }
    conn = t_postgres_connect(&server);
    ck_assert_int_eq(cctv_attempt(server.params), CCTV_ATTEMPT_SHORT);
    PQfinish(conn);
    ck_assert_int_eq(cctv_attempt("host=/nonexistent user=u dbname=d"),
                     CCTV_ATTEMPT_DOWN);
    ck_assert_int_eq(cctv_attempt("not a connection string"),
                     CCTV_ATTEMPT_DOWN);
    ck_assert(cctv_attempt_fails("host=/nonexistent user=u dbname=d"));
    ck_assert(!cctv_attempt_fails(server.params));
}
END_TEST

START_TEST(an_attempt_does_not_wait_for_a_server_that_hangs)
{
    cctv_time_t started = cctv_now();

    t_postgres_hang(&server);
    ck_assert_int_eq(cctv_attempt(server.params), CCTV_ATTEMPT_DOWN);
    ck_assert_int_ge(cctv_now() - started, 1900000);
    t_postgres_go_on(&server);
}
END_TEST

START_TEST(a_server_that_hangs_is_not_known_to_fail)
{
    t_postgres_hang(&server);
    ck_assert(!cctv_attempt_fails(server.params));
    t_postgres_go_on(&server);
}
END_TEST

START_TEST(a_reset_tells_why_it_failed)
{
    PGconn *conn = t_postgres_connect(&server);
    PGVerbosity before = PQsetErrorVerbosity(conn, PQERRORS_TERSE);

    cctv_query_abandon(conn);
    atomic_store(&server.limit, 0);
    ck_assert_int_eq(cctv_attempt_reset(conn), CCTV_ATTEMPT_SHORT);
    atomic_store(&server.limit, 1);
    ck_assert_int_eq(cctv_attempt_reset(conn), CCTV_ATTEMPT_OK);
    /* Other modules use the connection as well. */
    ck_assert_int_eq(PQsetErrorVerbosity(conn, before), PQERRORS_TERSE);
    PQfinish(conn);
}
END_TEST

START_TEST(a_connection_that_hangs_up_leaves_room_when_it_returns)
{
    PGconn *conn = t_postgres_connect(&server);
    PGconn *next;

    cctv_query_hang_up(conn, cctv_now() + 10000000);
    ck_assert_int_eq(PQstatus(conn), CONNECTION_BAD);
    next = t_postgres_connect(&server);
    ck_assert_int_eq(atomic_load(&server.refused), 0);
    PQfinish(next);
    PQfinish(conn);
}
END_TEST

START_TEST(a_connection_hangs_up_before_the_deadline)
{
    PGconn *conn = t_postgres_connect(&server);
    cctv_time_t started = cctv_now();

    t_postgres_hang(&server);
    cctv_query_hang_up(conn, started + 50000);
    ck_assert_int_ge(cctv_now() - started, 50000);
    ck_assert_int_eq(PQstatus(conn), CONNECTION_BAD);
    PQfinish(conn);
}
END_TEST

START_TEST(a_lookup_takes_any_connection_string)
{
    static const char *const params[] = { "",
                                          "host=/tmp",
                                          "host=@abstract",
                                          "host=127.0.0.1,::1",
                                          "host=,",
                                          "host=name hostaddr=127.0.0.1",
                                          "not a connection string",
                                          "host=localhost" };

    cctv_attempt_lookup(params[_i]);
}
END_TEST

TCase *attempt_tests(void)
{
    TCase *tcase = tcase_create("attempt");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase,
                   an_attempt_tells_a_refusal_from_a_server_that_is_down);
    tcase_add_test(tcase, an_attempt_does_not_wait_for_a_server_that_hangs);
    tcase_add_test(tcase, a_server_that_hangs_is_not_known_to_fail);
    tcase_add_test(tcase, a_reset_tells_why_it_failed);
    tcase_add_test(tcase,
                   a_connection_that_hangs_up_leaves_room_when_it_returns);
    tcase_add_test(tcase, a_connection_hangs_up_before_the_deadline);
    tcase_add_loop_test(tcase, a_lookup_takes_any_connection_string, 0, 8);
    return tcase;
}
