/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file csp.h
 * @brief Sources of a content security policy: which addresses they allow.
 * Layer: pure.
 */
#ifndef CCTV_CHECK_CSP_H
#define CCTV_CHECK_CSP_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Check a source that an administrator has written, such as
 * https://tile.example.org:8443, perhaps with *. before the host.
 *
 * @param source  text of `len` bytes without blanks
 * @return NULL, or an English sentence that says why browsers match no tile
 *         with it; static
 * Thread-safe.
 */
const char *cctv_csp_fault(const char *source, size_t len);

/**
 * Whether a list of sources, with blanks between them, allows an address. The
 * sources of the page's own origin do not count.
 *
 * @param url  http: or https:
 * Thread-safe.
 */
bool cctv_csp_allows(const char *sources, const char *url);

/**
 * Find the origin of an address: https://tile.example.org:8443 of
 * https://tile.example.org:8443/{z}/{x}/{y}.png.
 *
 * @return its length; 0: the address has none
 * Thread-safe.
 */
size_t cctv_csp_origin(const char *url);

#endif
