/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_segment.h
 * @brief Makes the shared memory at the first start, and keeps it over reloads.
 * Layer: httpd.
 */
#ifndef CCTV_MEMORY_MOD_SEGMENT_H
#define CCTV_MEMORY_MOD_SEGMENT_H

#include "httpd.h"

#include <stdbool.h>

/**
 * While configuring: make the segment, or open the one that is kept, and tell
 * the parts.
 *
 * @param is_new  whether it was made: no counter has a value yet
 * @return false: there is no memory, which is logged
 */
bool cctv_memory_open(apr_pool_t *ptemp, server_rec *main_server,
                      bool *is_new);

/**
 * Log the size of the segment, and the directives whose new value holds only
 * from the next full start on.
 */
void cctv_memory_tell_size(apr_pool_t *ptemp, server_rec *main_server);

/** Empty the segment, as it was when it was made. */
void cctv_memory_clear(void);

#endif
