/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_end.h
 * @brief Whether this process is to end soon.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_END_H
#define CCTV_PUSH_MOD_END_H

#include <stdbool.h>

/**
 * Whether httpd is stopping or reloading, or does not need this process any
 * more. No MPM tells the threads that are busy, so they have to ask. Takes less
 * than a microsecond. Thread-safe.
 */
bool cctv_end_is_near(void);

/** A random delay for a client that has to return, so that not all of them
 *  return at once: ms. @param clients  how many return. Thread-safe. */
unsigned cctv_end_delay(int clients);

#endif
