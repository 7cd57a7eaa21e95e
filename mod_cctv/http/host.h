/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file host.h
 * @brief "host[:port]", the part that origins, URLs and ICE servers share.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_HOST_H
#define CCTV_HTTP_HOST_H

/** The longest name that DNS has, NUL. */
#define CCTV_HOST_SIZE 254

/**
 * Read a host at the start of text: a name of letters, digits, '-', '.' and
 * '_', an IPv4 address, or an IPv6 address in brackets and without a zone.
 *
 * @param host  CCTV_HOST_SIZE bytes; on success the host in lower case, IPv6
 *              without brackets and in the one form of RFC 5952; else
 *              undefined
 * @return what stands behind it; NULL: there is none
 * Thread-safe. Allocates nothing.
 */
const char *cctv_host_parse(const char *text, char *host);

/**
 * Read ":port" at the start of text, 1 to 65535, if there is a ':'.
 *
 * @param port  stays as it is where there is none; else undefined on failure
 * @return what stands behind it; NULL: a ':' without such a number
 * Thread-safe. Allocates nothing.
 */
const char *cctv_port_parse(const char *text, int *port);

#endif
