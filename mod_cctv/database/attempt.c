/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file attempt.c
 * @brief Tries to connect to PostgreSQL, and finds out why that fails. These
 *        calls block.
 * Layer: pure.
 */
#include "database/attempt.h"

#include "database/query.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The most time for one attempt: µs. */
#define TIME_LIMIT 2000000

static bool is_name(const char *host)
{
    char address[sizeof(struct in6_addr)];

    return host[0] != '\0' && host[0] != '/' && host[0] != '@'
           && inet_pton(AF_INET, host, address) != 1
           && inet_pton(AF_INET6, host, address) != 1;
}

static void lookup_name(const char *host)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;

    if (is_name(host) && getaddrinfo(host, NULL, &hints, &found) == 0) {
        freeaddrinfo(found);
    }
}

/* @param hosts  a list with commas; modified */
static void lookup_names(char *hosts)
{
    char *rest = hosts;
    char *host;

    while ((host = strsep(&rest, ",")) != NULL) {
        lookup_name(host);
    }
}

void cctv_attempt_lookup(const char *params)
{
    PQconninfoOption *options = PQconninfoParse(params, NULL);
    PQconninfoOption *each;
    char *hosts = NULL;
    bool has_address = false;

    for (each = options; each != NULL && each->keyword != NULL; each++) {
        if (each->val != NULL && strcmp(each->keyword, "host") == 0) {
            hosts = each->val;
        }
        if (each->val != NULL && strcmp(each->keyword, "hostaddr") == 0) {
            has_address = true;
        }
    }
    if (hosts != NULL && !has_address) {
        lookup_names(hosts);
    }
    PQconninfoFree(options);
}

/* With PQERRORS_VERBOSE the message contains the SQLSTATE. For a connection
 * that fails, libpq does not report it in any other way. */
static cctv_attempt_t attempt_result(const PGconn *conn)
{
    if (PQstatus(conn) == CONNECTION_OK) {
        return CCTV_ATTEMPT_OK;
    }
    /* The second one is what pgbouncer says. */
    return strstr(PQerrorMessage(conn), " 53300: ") != NULL
                   || strstr(PQerrorMessage(conn),
                             "no more connections allowed")
                          != NULL
               ? CCTV_ATTEMPT_SHORT
               : CCTV_ATTEMPT_DOWN;
}

/* @param is_late  written: whether it was not known in time */
static cctv_attempt_t attempt(const char *params, bool *is_late)
{
    PGconn *conn = cctv_query_start(params);
    cctv_attempt_t result;

    *is_late = false;
    if (conn == NULL) {
        return CCTV_ATTEMPT_DOWN;
    }
    PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
    *is_late = cctv_query_connect(conn, cctv_now() + TIME_LIMIT)
               == CCTV_QUERY_LATE;
    result = *is_late ? CCTV_ATTEMPT_DOWN : attempt_result(conn);
    PQfinish(conn);
    return result;
}

cctv_attempt_t cctv_attempt(const char *params)
{
    bool is_late;

    return attempt(params, &is_late);
}

bool cctv_attempt_fails(const char *params)
{
    bool is_late;

    return attempt(params, &is_late) == CCTV_ATTEMPT_DOWN && !is_late;
}

cctv_attempt_t cctv_attempt_reset(PGconn *conn)
{
    PGVerbosity before = PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
    cctv_attempt_t result;

    PQreset(conn);
    result = attempt_result(conn);
    PQsetErrorVerbosity(conn, before);
    return result;
}
