/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cameras.h
 * @brief Which cameras are watched.
 */
#ifndef LOAD_CAMERAS_H
#define LOAD_CAMERAS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Read the list of ids, or ask the server: for "all" that play, or for those
 * of parameters of /api/cameras, such as "q=bridge".
 * @param most  more are not needed
 * @return how many; 0: it has printed why it has none
 */
size_t load_cameras(const char *list, size_t most, int64_t *out);

#endif
