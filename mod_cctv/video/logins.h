/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file logins.h
 * @brief The users and passwords of cameras, from a text file.
 * Layer: pure.
 *
 *     # host pattern      user    password
 *     gate.example:8554   viewer  a password, with blanks
 *     *.cams.example      viewer  secret
 *     10.1.0.0/16         viewer  secret
 *     [2001:db8::]/32     viewer  secret
 *     [2001:db8::1]:554/main.sdp  viewer  ""
 *     external_id=A40-17  viewer  secret
 *     *                   viewer  secret
 *
 * "" is an empty password. A pattern is one of these:
 *
 * - a name;
 * - "*." and the end of a name, for all names below it;
 * - an IPv4 or IPv6 address, alone or as a network with /bits;
 * - "*" for every host;
 * - "external_id=" and the key that one camera has in the database, with blanks
 *   and '%' percent-encoded (%20, %25).
 *
 * Names are compared without case. A ':' and a port may follow the pattern;
 * then an IPv6 address has to be in brackets. A pattern without a port matches
 * all ports. After a port may follow what follows it in the address of one
 * camera, with the placeholders {user} and {password} as they are in the
 * database (see placeholders.h). It has to be the same, character by
 * character. Names are not resolved: a pattern with an address does not match
 * a camera whose URL has a name, and the other way round. ::ffff:10.1.2.3 is
 * the same address as 10.1.2.3.
 *
 * The first line that matches counts.
 */
#ifndef CCTV_VIDEO_LOGINS_H
#define CCTV_VIDEO_LOGINS_H

#include "apr_pools.h"

#include <stdbool.h>

typedef struct cctv_logins_t cctv_logins_t;

typedef struct {
    /** UTF-8 without blanks, ':' and control characters; not empty. */
    const char *user;
    /** UTF-8 without control characters, and without blanks at its beginning
     *  and end; may be empty. */
    const char *password;
} cctv_login_t;

/**
 * Read logins. Lines end in LF or CR LF. Empty lines, and lines that begin
 * with '#', are ignored. A '#' at any other place is an ordinary character.
 *
 * @param pool   owns the result; `text` is not kept
 * @param text   NUL-terminated
 * @param error  on failure gets an English sentence, without a full stop, that
 *               begins with "line N" and does not quote the line; otherwise
 *               untouched
 * @return the logins, which are read-only, so all threads may use them; NULL
 *         on failure
 * Thread-safe.
 */
const cctv_logins_t *cctv_logins_parse(apr_pool_t *pool, const char *text,
                                       const char **error);

/**
 * Find the login for a host.
 *
 * @param host  a name or an address, in upper or lower case, IPv6 without
 *              brackets
 * @param port  1 to 65535
 * @param path  what follows host and port in the address: empty, or begins
 *              with '/', '?' or '#'
 * @param key   the external_id of the camera; NULL: it has none
 * @return the login, in the pool of the logins; NULL: there is none
 * Thread-safe. Allocates nothing.
 */
const cctv_login_t *cctv_logins_find(const cctv_logins_t *logins,
                                     const char *host, int port,
                                     const char *path, const char *key);

/** @return whether a login is for the external_id of a camera, so that the
 *  search needs it. Thread-safe. */
bool cctv_logins_have_keys(const cctv_logins_t *logins);

#endif
