/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file database.h
 * @brief The GeoIP database at a path, over every replacement of its file.
 * Layer: pure.
 *
 * Opened before the fork, it is shared by all processes; after a replacement
 * each one has a copy of its own. Lookups go on while a new file is read.
 */
#ifndef CCTV_GEOIP_DATABASE_H
#define CCTV_GEOIP_DATABASE_H

#include "core/clock.h"
#include "geoip/copy.h"

#include <pthread.h>
#include <stdatomic.h>

/** How often a process looks whether the file is another one: µs. */
#define CCTV_GEOIP_LOOK 10000000
/** A file that was modified so recently may still be being written, and is
 *  looked at again after as long: µs. */
#define CCTV_GEOIP_SETTLE 2000000

#define CCTV_GEOIP_LOOKING INT64_MAX

typedef struct {
    const char *path;
    cctv_geoip_copy_t copy; /* under the lock */
    pthread_rwlock_t lock;
    /** When to look next; CCTV_GEOIP_LOOKING while somebody does. */
    _Atomic cctv_time_t due;
    /** What was opened last, or could not be: of who looks. */
    cctv_geoip_state_t tried;
    bool is_to_retry;
} cctv_geoip_database_t;

/**
 * Open the file at a path.
 *
 * @param path  kept
 * @param why   written only on failure
 * @return whether it can be used; then give it to
 *         cctv_geoip_database_close()
 */
bool cctv_geoip_database_open(cctv_geoip_database_t *database,
                              const char *path, cctv_geoip_failure_t *why);

void cctv_geoip_database_close(cctv_geoip_database_t *database);

/** The country of an address: cctv_geoip_copy_find(). Thread-safe; waits
 *  no longer than an assignment takes. */
cctv_country_t cctv_geoip_database_find(cctv_geoip_database_t *database,
                                        const struct sockaddr *address);

/** When the database in use was built: seconds since 1970. Thread-safe. */
int64_t cctv_geoip_database_built(cctv_geoip_database_t *database);

typedef enum {
    CCTV_GEOIP_SAME,     /**< not looked, or nothing new */
    CCTV_GEOIP_REPLACED, /**< lookups see the new file */
    CCTV_GEOIP_KEPT      /**< the new one cannot be used, the old one stays */
} cctv_geoip_news_t;

/**
 * Look whether the file is another one, if it is time to, and take that.
 * Where it cannot be used this is said once for each state of the file; it is
 * tried again when the file has changed again or, where the content was not
 * to blame, at the next look.
 *
 * @param why  written only with CCTV_GEOIP_KEPT
 * Thread-safe: one thread looks, and takes as long as
 * cctv_geoip_copy_open() where there is something new; the others go on.
 */
cctv_geoip_news_t cctv_geoip_database_refresh(cctv_geoip_database_t *database,
                                              cctv_time_t now,
                                              cctv_geoip_failure_t *why);

#endif
