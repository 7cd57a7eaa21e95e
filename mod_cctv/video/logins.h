/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file logins.h
 * @brief Which user and password a camera wants, from a text file.
 * Layer: pure.
 *
 *     # host pattern      user    password
 *     gate.example:8554   viewer  a password, with blanks
 *     *.cams.example      viewer  secret
 *     10.1.0.0/16         viewer  secret
 *     [2001:db8::]/32     viewer  secret
 *     *                   viewer  secret
 *
 * Patterns: a name; *. and the end of a name, for all names below it; an IPv4
 * or IPv6 address, alone or as a network; * for every host. Names are compared
 * without case. A ':' and a port may follow, if an IPv6 address without /bits
 * stands in brackets. Without a port it is about all ports. A name is not looked up: a
 * camera whose URL has a name is not found by its address, nor the other way
 * round. ::ffff:10.1.2.3 is 10.1.2.3.
 *
 * The first line that fits counts.
 */
#ifndef CCTV_VIDEO_LOGINS_H
#define CCTV_VIDEO_LOGINS_H

#include "apr_pools.h"

typedef struct cctv_logins_t cctv_logins_t;

typedef struct {
    /** Without blanks and ':', not empty. Both are UTF-8 without control
     *  characters. */
    const char *user;
    /** Without white space around it, not empty. */
    const char *password;
} cctv_login_t;

/**
 * Read logins. Lines end in LF or CR LF; empty lines, and those that start
 * with '#', are left out. A '#' further on is part of what it stands in.
 *
 * @param pool   owns what is returned; text is not kept
 * @param text   NUL-terminated
 * @param error  on failure an English sentence, without a full stop, that
 *               starts with "line N" and has nothing of what stands there;
 *               else untouched
 * @return NULL on failure. Then read-only: may be used by all threads
 * Thread-safe.
 */
const cctv_logins_t *cctv_logins_parse(apr_pool_t *pool, const char *text,
                                       const char **error);

/**
 * The login for a host.
 *
 * @param host  a name or an address, IPv6 without brackets, in any case
 * @param port  1 to 65535
 * @return in the pool of the logins; NULL: there is none
 * Thread-safe. Allocates nothing.
 */
const cctv_login_t *cctv_logins_find(const cctv_logins_t *logins,
                                     const char *host, int port);

#endif
