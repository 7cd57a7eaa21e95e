/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sight.h
 * @brief Whether a requester may see the still picture of a camera.
 * Layer: httpd.
 */
#ifndef CCTV_STILLS_MOD_SIGHT_H
#define CCTV_STILLS_MOD_SIGHT_H

#include "httpd.h"

#include <stdbool.h>
#include <stdint.h>

/** A hash of what names the database of a server; 0: that of the main
 *  server. */
uint64_t cctv_sight_database(const server_rec *s);

/**
 * Check that a camera exists, that the requester may see it, and that it has a
 * still picture.
 *
 * @param result  written only on failure
 * @return false: the request has been answered
 */
bool cctv_sight_may_see(request_rec *r, uint64_t database, int id,
                        int *result);

#endif
