/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file address.h
 * @brief Whether an address of HLS may be given to viewers.
 * Layer: pure.
 */
#ifndef CCTV_HLS_ADDRESS_H
#define CCTV_HLS_ADDRESS_H

#include <stdbool.h>

/**
 * Check an address that viewers are to get. The column has_hls says the same of
 * an address (sql/10-schema.sql); this check holds whoever has written the
 * column.
 *
 * https only: browsers load nothing by http into a page that came by https, and
 * by http everybody on the way would see what the viewer watches.
 *
 * @param url  NUL-terminated; NULL: there is none
 * @return whether it is https, its path ends with .m3u8, and it has neither a
 *         user nor a character that an address cannot have
 * Thread-safe. Allocates nothing.
 */
bool cctv_hls_is_address(const char *url);

#endif
