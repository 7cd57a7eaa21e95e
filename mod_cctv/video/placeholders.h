/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file placeholders.h
 * @brief Addresses of cameras that contain their login in the path.
 * Layer: pure.
 *
 * Some cameras want user and password in the path or in parameters. The
 * database has {user} and {password} in their place:
 *
 *     rtsp://camera/user={user}_password={password}_channel=1.sdp
 */
#ifndef CCTV_VIDEO_PLACEHOLDERS_H
#define CCTV_VIDEO_PLACEHOLDERS_H

#include "video/logins.h"

/** The longest address with its login, in bytes. */
#define CCTV_FILLED_MAX 8192

/**
 * Put a login in the place of {user} and {password}. All characters of it but
 * letters, digits and "-._~" are percent-encoded.
 *
 * @param pool  owns the result
 * @return the address, which is a secret if it has changed; `url` if it has no
 *         placeholder; NULL if it would be longer than CCTV_FILLED_MAX
 * Thread-safe.
 */
const char *cctv_placeholders_fill(apr_pool_t *pool, const char *url,
                                   const cctv_login_t *login);

#endif
