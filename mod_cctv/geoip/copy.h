/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file copy.h
 * @brief A private copy of a MaxMind DB file, ready for lookups.
 * Layer: pure.
 *
 * libmaxminddb maps the file that it opens: who overwrites that file kills
 * the process. The copy lies in memory that nobody can write to any more.
 */
#ifndef CCTV_GEOIP_COPY_H
#define CCTV_GEOIP_COPY_H

#include "geoip/country.h"

#include <maxminddb.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

/** The largest file that is taken: bytes. */
#define CCTV_GEOIP_MAX_SIZE (1 << 30)

/** The state of a file, as far as it shows from outside. */
typedef struct {
    int error; /**< errno where the file cannot be looked at; then no more */
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    /** When its contents, its name or its rights were changed. */
    struct timespec changed;
} cctv_geoip_state_t;

cctv_geoip_state_t cctv_geoip_state_of(const char *path);
bool cctv_geoip_state_is_same(const cctv_geoip_state_t *a,
                              const cctv_geoip_state_t *b);

/** Why a file cannot be used. */
typedef struct {
    const char *text;   /**< what an English sentence about it ends with */
    const char *detail; /**< more of it, or NULL */
    int error;          /**< errno, or 0 where it is the content */
} cctv_geoip_failure_t;

/** May be moved; not while somebody looks something up. */
typedef struct {
    MMDB_s mmdb;
    cctv_geoip_state_t state; /**< of the file when it was copied */
} cctv_geoip_copy_t;

/**
 * Copy a file and check all of it, which takes some 40 ms for 10 MB. No
 * descriptor stays open.
 *
 * @param copy  written only on success; then give it to
 *              cctv_geoip_copy_close(). Stays usable over fork()
 * @param why   written only on failure, with static texts
 * @return whether it can be used
 * Thread-safe.
 */
bool cctv_geoip_copy_open(cctv_geoip_copy_t *copy, const char *path,
                          cctv_geoip_failure_t *why);

/** Nobody may look anything up any more. */
void cctv_geoip_copy_close(cctv_geoip_copy_t *copy);

/**
 * The country of an address. An IPv4 address in IPv6 form (::ffff:192.0.2.1)
 * is looked up as what it is. Of another family, or not in the database:
 * CCTV_COUNTRY_UNKNOWN.
 *
 * Thread-safe. Allocates nothing.
 */
cctv_country_t cctv_geoip_copy_find(const cctv_geoip_copy_t *copy,
                                    const struct sockaddr *address);

#endif
