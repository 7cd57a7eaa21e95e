/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file http.h
 * @brief Requests to the server, many at a time, all by one thread.
 */
#ifndef LOAD_HTTP_H
#define LOAD_HTTP_H

#include <stddef.h>

typedef struct {
    long status;      /* 0: no answer, and `body` says why */
    long retry_after; /* s; 0: not named */
    const char *body; /* with a NUL behind it */
} load_reply_t;

typedef void (*load_done_t)(void *context, const load_reply_t *reply);

/** @param server  what precedes /api and /view-start
 *  @param login   "user:password", or NULL */
void load_http_start(const char *server, const char *login);

/**
 * Begin a request.
 * @param path  behind the address of the server
 * @param json  the body of a POST; NULL: GET
 * @param done  is called by load_http_run(), in any case
 */
void load_http_ask(const char *path, const char *json, int patience_ms,
                   load_done_t done, void *context);

/** Go on with all requests, and wait for at most this time. */
void load_http_run(int wait_ms);

/** @return the number of requests that are not answered yet */
int load_http_open(void);

#endif
