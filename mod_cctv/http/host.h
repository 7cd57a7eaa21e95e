/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file host.h
 * @brief Parses "host[:port]", the part that origins, URLs and ICE servers
 *        have in common.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_HOST_H
#define CCTV_HTTP_HOST_H

/** The longest DNS name and a NUL. */
#define CCTV_HOST_SIZE 254

/**
 * Read a host at the start of text: a name of letters, digits, '-', '.' and
 * '_', an IPv4 address, or an IPv6 address in brackets and without a zone.
 *
 * @param host  CCTV_HOST_SIZE bytes; on success the host in lower case, IPv6
 *              without brackets and in the canonical form of RFC 5952;
 *              undefined on failure
 * @return the first character after the host; NULL: there is no host
 * Thread-safe. Allocates nothing.
 */
const char *cctv_host_parse(const char *text, char *host);

/**
 * Read ":port" at the start of text, 1 to 65535. The port may be missing.
 *
 * @param port  unchanged if the text does not start with ':'; undefined on
 *              failure
 * @return the first character after the port; NULL: no valid port follows the
 *         ':'
 * Thread-safe. Allocates nothing.
 */
const char *cctv_port_parse(const char *text, int *port);

#endif
