/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief What a part of the module brings: its memory, its routes, its metric
 *        families, its background tasks.
 * Layer: httpd.
 *
 * mod_cctv.c has the one table of parts. Memory, metrics and the handler know
 * parts only through it, so a part is added by its folder and one line there.
 * A member that is NULL means that the part has no such thing.
 */
#ifndef CCTV_CORE_MOD_PART_H
#define CCTV_CORE_MOD_PART_H

#include "core/clock.h"

#include "httpd.h"

#include <stdbool.h>
#include <stdint.h>

struct cctv_settings_group_t;
struct cctv_region_t;
struct cctv_segment_t;
struct cctv_scrape_t;
struct cctv_family_t;

/** What a route needs from the configuration; configtest says what is
 *  missing. */
typedef enum {
    CCTV_NEEDS_NOTHING = 0,
    CCTV_NEEDS_DATABASE = 1,
    CCTV_NEEDS_JANUS = 2,
    CCTV_NEEDS_JANUS_ADMIN = 4
} cctv_needs_t;

/** A handler: `SetHandler cctv-<name>`. */
typedef struct {
    const char *name;
    /**
     * Answer a request. Returns what a handler of httpd returns. SUSPENDED
     * means that the answer goes on after the handler has returned: then
     * whatever finishes it calls cctv_requests_observe() (metrics/requests.h),
     * and until then the request is not in the histogram.
     */
    int (*handle)(request_rec *r);
    /** M_GET or M_POST: anything else is answered before the handler is
     *  called, as is a POST from a page of another origin. M_INVALID: the
     *  handler checks the method itself. */
    int method;
    unsigned needs; /**< cctv_needs_t, joined by | */
    /** Whether there are resources below its path: see
     *  cctv_path_is_configured(). */
    bool has_resources;
} cctv_route_t;

/** Background work: one child runs it for the whole server. */
typedef struct {
    const char *name;
    int64_t interval; /**< µs; at least 100,000 */
    /**
     * @param pool  cleared when it returns
     * Has to return soon (100 ms), unless has_thread is set. It may be called
     * by two processes at once for a moment (guard/single.h) and its process
     * may be killed anywhere.
     */
    void (*run)(cctv_time_t now, apr_pool_t *pool);
    /** Whether it may block for long, and so gets a thread of its own. */
    bool has_thread;
} cctv_task_t;

typedef struct {
    const char *name;
    /** Its directives (config/mod_settings.h). */
    struct cctv_settings_group_t *settings;

    /* Memory (memory/region.h). */
    const struct cctv_region_t *region;
    /** Entries of the region; NULL: 0. */
    uint32_t (*capacity)(const server_rec *main_server);
    /** The directive that sets the capacity. */
    const char *sized_by;
    /** The memory has been opened, in the parent; children inherit it. Called
     *  before the state file is read. */
    void (*memory_opened)(const struct cctv_segment_t *segment);
    /** The state file is about to be read, in a process of the unprivileged
     *  user that ends afterwards. */
    void (*before_load)(server_rec *main_server);

    /* The life of the server. */
    int (*post_config)(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *main_server);
    void (*child_init)(apr_pool_t *pchild, server_rec *main_server);
    /** Hooks that need an order of their own. */
    void (*register_hooks)(apr_pool_t *pool);

    /** The last one has the name NULL. */
    const cctv_route_t *routes;
    /** The last one has the name NULL. Without thread, while child_init may
     *  still run. */
    const cctv_task_t *tasks;

    /* Metrics (metrics/family.h); the last family has the name NULL. */
    const struct cctv_family_t *families;
    /** Before the families of a scrape are written. @return false: there is no
     *  memory */
    bool (*scrape_begin)(request_rec *r, struct cctv_scrape_t *scrape);
    void (*scrape_end)(struct cctv_scrape_t *scrape);
} cctv_part_t;

/** All parts, in the order in which they are set up; the last one is NULL. */
extern const cctv_part_t *const cctv_parts[];

#endif
