/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file database.h
 * @brief The GeoIP database at a path; notices when its file is replaced.
 * Layer: pure.
 *
 * The database is opened before the fork, so all processes share it at first.
 * After a replacement of the file each process has a copy of its own. Lookups
 * continue while a new file is read.
 */
#ifndef CCTV_GEOIP_DATABASE_H
#define CCTV_GEOIP_DATABASE_H

#include "core/clock.h"
#include "geoip/copy.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * The interval at which a process checks whether the file was replaced: µs.
 */
#define CCTV_GEOIP_LOOK 10000000
/**
 * A file that was modified more recently than this may still be being written.
 * It is checked again after this time: µs.
 */
#define CCTV_GEOIP_SETTLE 2000000

#define CCTV_GEOIP_LOOKING INT64_MAX

typedef struct {
    const char *path;
    cctv_geoip_copy_t copy; /* protected by the lock */
    pthread_rwlock_t lock;
    /** When to check next; CCTV_GEOIP_LOOKING while a thread checks. */
    _Atomic cctv_time_t due;
    /**
     * The state of the file that was last opened or failed to open. Only the
     * thread that checks uses it.
     */
    cctv_geoip_state_t tried;
    bool is_to_retry;
} cctv_geoip_database_t;

/**
 * Open the database at a path.
 *
 * @param path  kept
 * @param why   written only on failure
 * @return whether the file can be used; then close the database with
 *         cctv_geoip_database_close()
 */
bool cctv_geoip_database_open(cctv_geoip_database_t *database,
                              const char *path, cctv_geoip_failure_t *why);

void cctv_geoip_database_close(cctv_geoip_database_t *database);

/**
 * Look up the country of an address: see cctv_geoip_copy_find(). Thread-safe;
 * it waits at most as long as an assignment takes.
 */
cctv_country_t cctv_geoip_database_find(cctv_geoip_database_t *database,
                                        const struct sockaddr *address);

/** When the database in use was built: seconds since 1970. Thread-safe. */
int64_t cctv_geoip_database_built(cctv_geoip_database_t *database);

typedef enum {
    CCTV_GEOIP_SAME,     /**< not checked, or nothing has changed */
    CCTV_GEOIP_REPLACED, /**< lookups use the new file */
    /** the new file cannot be used; the old one stays in use */
    CCTV_GEOIP_KEPT
} cctv_geoip_news_t;

/**
 * If it is time to, check whether the file was replaced, and use the new one.
 * If the new file cannot be used, this is reported once for each state of the
 * file. The file is tried again when it has changed again; if its content was
 * not the reason, also at the next check.
 *
 * @param why  written only with CCTV_GEOIP_KEPT
 * Thread-safe: only one thread checks, and takes as long as
 * cctv_geoip_copy_open() if the file is new. The others continue at once.
 */
cctv_geoip_news_t cctv_geoip_database_refresh(cctv_geoip_database_t *database,
                                              cctv_time_t now,
                                              cctv_geoip_failure_t *why);

#endif
