/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief What a part of the module provides: its memory, its routes, its
 *        metric families, its background tasks.
 * Layer: httpd.
 *
 * mod_cctv.c has the only table of parts. Shared memory, metrics and the
 * handler reach the parts only through this table. To add a part, add its
 * folder and one line in the table. A NULL member means that the part does not
 * provide this.
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
struct cctv_view_visitor_t;

/**
 * What a route needs from the configuration. configtest reports what is
 * missing.
 */
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
     * means that the answer continues after the handler has returned. The code
     * that finishes the answer then has to call cctv_requests_observe()
     * (metrics/requests.h); until then the histogram does not count the
     * request. DECLINED: httpd answers, and nothing is counted.
     */
    int (*handle)(request_rec *r);
    /**
     * M_GET or M_POST: requests with another method, and POST requests from a
     * page of another origin, are answered before the handler is called.
     * M_INVALID: the handler checks the method itself.
     */
    int method;
    unsigned needs; /**< bits of cctv_needs_t */
    /**
     * Whether the handler serves paths below its own: see
     * cctv_path_is_configured().
     */
    bool has_resources;
} cctv_route_t;

/** A background task. One child process runs it for the whole server. */
typedef struct {
    const char *name;
    int64_t interval; /**< µs; at least 100,000 */
    /**
     * Do one step of the work. It has to return within about 100 ms, unless
     * has_thread is set. Two processes may run it at the same time for a
     * moment (guard/single.h), and its process may be killed at any point.
     *
     * @param pool  cleared after the function returns
     */
    void (*run)(cctv_time_t now, apr_pool_t *pool);
    /**
     * Whether the task may block for long. It then gets a thread of its own.
     */
    bool has_thread;
    /**
     * NULL, or called when the tasks of this process end, perhaps more than
     * once. No task without a thread of its own runs meanwhile.
     */
    void (*stop)(void);
} cctv_task_t;

typedef struct {
    const char *name;
    /** The directives of the part (config/mod_settings.h). */
    struct cctv_settings_group_t *settings;

    /* Shared memory (memory/region.h). */
    const struct cctv_region_t *region;
    /** The number of entries in the region; NULL: 0. */
    uint32_t (*capacity)(const server_rec *main_server);
    /** The directive that sets the capacity; NULL: another part has the same
     *  directive and names it. */
    const char *sized_by;
    /**
     * Called in the parent when the shared memory has been opened, before the
     * state file is read. Children inherit the memory.
     */
    void (*memory_opened)(const struct cctv_segment_t *segment);
    /**
     * Called before the state file is read, in a short-lived process of the
     * unprivileged user.
     */
    void (*before_load)(server_rec *main_server);

    /* Start and end of the server. */
    int (*post_config)(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *main_server);
    void (*child_init)(apr_pool_t *pchild, server_rec *main_server);
    /** Register hooks that need an order of their own. */
    void (*register_hooks)(apr_pool_t *pool);

    /** An array that ends with an entry whose name is NULL. */
    const cctv_route_t *routes;
    /**
     * An array that ends with an entry whose name is NULL. Tasks without a
     * thread of their own may start before all child_init hooks have run.
     */
    const cctv_task_t *tasks;
    /**
     * What the part does with each live view (views/visitor.h), once a second,
     * in the process that runs the tasks. The array ends with a visitor that
     * has no function `visit`.
     */
    const struct cctv_view_visitor_t *visitors;

    /* Metrics (metrics/family.h). The array ends with a family whose name is
     * NULL. */
    const struct cctv_family_t *families;
    /**
     * Called before the families of a scrape are written. @return false: there
     * is no memory
     */
    bool (*scrape_begin)(request_rec *r, struct cctv_scrape_t *scrape);
    void (*scrape_end)(struct cctv_scrape_t *scrape);
} cctv_part_t;

/** All parts in the order of their setup. The array ends with NULL. */
extern const cctv_part_t *const cctv_parts[];

#endif
