/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fetch.h
 * @brief Fetches still pictures from cameras, by libcurl, many at a time in one
 *        thread.
 * Layer: pure.
 *
 * A picture is a JPEG with status 200, of CCTV_STILL_MAX bytes at most, that
 * comes in time. Everything else is a failure with the name that the same fault
 * of video has. Redirects are not followed, no proxy of the environment is
 * used, and only addresses are connected to that CCTVStillHosts allows: that is
 * checked for each connection, after the name was resolved.
 */
#ifndef CCTV_STILLS_FETCH_H
#define CCTV_STILLS_FETCH_H

#include "core/clock.h"
#include "stills/hosts.h"
#include "video/failure_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The largest picture in bytes. */
#define CCTV_STILL_MAX ((size_t)4 << 20)

/** The most fetches of a process at a time, and the most that wait. */
#define CCTV_FETCHES_MAX         256
#define CCTV_FETCHES_WAITING_MAX 1024

/** A fetch: what is asked for. All texts are from malloc(). */
typedef struct cctv_fetch_t {
    char *url;  /**< a secret, if its login is in it */
    char *host; /**< of the url, in lower case */
    char *user; /**< NULL: there is no login */
    char *password;

    /* For the receiver. */
    uint64_t database;
    uint64_t role;
    int32_t camera;

    /* What came of it. */
    cctv_failure_t why; /**< CCTV_FAILURE_NONE: there is a picture */
    const char *hint;   /**< for the log, with a blank before it; static */
    int status;         /**< of HTTP; 0: there was no answer */
    char *data;         /**< NULL: there is none */
    size_t length;
    int64_t took; /**< µs */
    /** Whether the process ends, so that nothing is known. */
    bool is_stopped;

    /* Private to fetch.c. */
    struct cctv_fetch_t *next;
    const cctv_still_hosts_t *hosts;
    void *curl;
    size_t size;
    cctv_time_t started;
    bool is_blocked;
} cctv_fetch_t;

typedef struct {
    const cctv_still_hosts_t *hosts; /**< NULL: all; lives as long */
    int64_t timeout;                 /**< for one picture: µs */
    /** Called in the thread for each fetch that is over. It must not wait. */
    void (*done)(cctv_fetch_t *fetch);
} cctv_fetch_rules_t;

typedef struct cctv_fetcher_t cctv_fetcher_t;

/** Start the thread. @return NULL: there is no memory or no thread */
cctv_fetcher_t *cctv_fetcher_start(const cctv_fetch_rules_t *rules);

/** Let all fetches end without a result, wait for the thread, and free it. */
void cctv_fetcher_stop(cctv_fetcher_t *fetcher);

/**
 * Fetch a picture. Thread-safe.
 *
 * @param fetch  from cctv_fetch_make(), then of the fetcher, which frees it
 *               after `done` was called
 * @return false: too many wait already, or the fetcher stops; the fetch is
 *         still the caller's
 */
bool cctv_fetcher_add(cctv_fetcher_t *fetcher, cctv_fetch_t *fetch);

/**
 * @param user, password  NULL: there is no login. All texts are copied
 * @return NULL: there is no memory
 */
cctv_fetch_t *cctv_fetch_make(const char *url, const char *host,
                              const char *user, const char *password);

void cctv_fetch_free(cctv_fetch_t *fetch);

#endif
