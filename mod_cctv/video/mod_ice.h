/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_ice.h
 * @brief The ICE servers that a browser is told.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_ICE_H
#define CCTV_VIDEO_MOD_ICE_H

#include <jansson.h>

/** @param id  the view id
 *  @return the ICE servers of a view, as browsers expect them: a JSON array
 *          that the caller owns; NULL: out of memory. TURN logins are valid
 *          for a day. */
json_t *cctv_ice_servers(const char *id);

#endif
