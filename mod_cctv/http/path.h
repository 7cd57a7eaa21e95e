/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file path.h
 * @brief What stands in the path of a request behind its <Location>.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_PATH_H
#define CCTV_HTTP_PATH_H

#include "httpd.h"

#include <stdbool.h>

/**
 * What stands behind the <Location> that sets a handler of ours, without the
 * slash between. A <Location> that is merged later, such as "/", does not
 * disturb it.
 *
 * @param handler  such as "cctv-cameras"
 * @return part of the URI; NULL: the handler was set in another way
 */
const char *cctv_path_below(request_rec *r, const char *handler);

/** "42" is a camera, "042" and "99999999999" are none. */
bool cctv_path_parse_id(const char *text, int *id);

#endif
