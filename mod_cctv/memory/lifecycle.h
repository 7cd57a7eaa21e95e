/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lifecycle.h
 * @brief The shared segment from the start of the server to its end.
 * Layer: httpd.
 *
 * Made at the first start, inherited by every child, kept over graceful and
 * full reloads. The state file is read and written by processes of the
 * unprivileged user alone: at start and at the end by one that the parent
 * forks for it, meanwhile by the child that runs the watchdog.
 */
#ifndef CCTV_MEMORY_LIFECYCLE_H
#define CCTV_MEMORY_LIFECYCLE_H

#include "memory/segment.h"
#include "views/views.h"

#include "httpd.h"

/** What is shared; from post_config on, the same for as long as the process
 *  lives. */
cctv_shared_t *cctv_lifecycle_shared(void);

/** Now. */
cctv_moment_t cctv_lifecycle_now(void);

/** Hook post_config. */
int cctv_lifecycle_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                               apr_pool_t *ptemp, server_rec *s);

/** Hook child_init, before mod_watchdog's: from here on threads may use pools
 *  beside one another under every MPM, each a pool of its own. */
void cctv_lifecycle_child_init(apr_pool_t *pchild, server_rec *s);

#endif
