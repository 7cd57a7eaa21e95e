/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file copy.h
 * @brief A private copy of a MaxMind DB file, ready for lookups.
 * Layer: pure.
 *
 * libmaxminddb maps the file that it opens. If another process then overwrites
 * the file, the process with the mapping is killed. The copy is in memory that
 * can no longer be written to.
 */
#ifndef CCTV_GEOIP_COPY_H
#define CCTV_GEOIP_COPY_H

#include "geoip/country.h"

#include <maxminddb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>

/** The largest file that is accepted, in bytes. */
#define CCTV_GEOIP_MAX_SIZE (1 << 30)

/** The state of a file: what shows whether the file has changed. */
typedef struct {
    /** errno if the file cannot be examined; the other members are then 0 */
    int error;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    /** When the content, the name or the rights of the file last changed. */
    struct timespec changed;
} cctv_geoip_state_t;

cctv_geoip_state_t cctv_geoip_state_of(const char *path);
bool cctv_geoip_state_is_same(const cctv_geoip_state_t *a,
                              const cctv_geoip_state_t *b);

/** Why a file cannot be used. */
typedef struct {
    const char *text;   /**< the end of an English sentence about the file */
    const char *detail; /**< more details, or NULL */
    int error;          /**< errno; 0 if the content is the reason */
} cctv_geoip_failure_t;

/** How many records' countries are remembered: there are about 250 countries. */
#define CCTV_GEOIP_MEMO 512

/** A copy. The struct may be moved, but not during a lookup. */
typedef struct {
    MMDB_s mmdb;
    cctv_geoip_state_t state; /**< the state of the file when it was copied */
    /** Countries of records that were read before: the offset of the record + 1
     *  from bit 16 on, and the country. To read a record takes four times as
     *  long as to find it. */
    _Atomic uint64_t countries[CCTV_GEOIP_MEMO];
} cctv_geoip_copy_t;

/**
 * Copy a file and check all of it, which takes about 40 ms for 10 MB. No file
 * descriptor stays open.
 *
 * @param copy  written only on success; close it with cctv_geoip_copy_close().
 *              It can still be used after fork()
 * @param why   written only on failure; its texts are static
 * @return whether the file can be used
 * Thread-safe.
 */
bool cctv_geoip_copy_open(cctv_geoip_copy_t *copy, const char *path,
                          cctv_geoip_failure_t *why);

/** Free a copy. No lookup may be running. */
void cctv_geoip_copy_close(cctv_geoip_copy_t *copy);

/**
 * Look up the country of an address. An IPv4 address in IPv6 form
 * (::ffff:192.0.2.1) is looked up as IPv4. The result is CCTV_COUNTRY_UNKNOWN
 * if the address has another family or is not in the database.
 *
 * Thread-safe. Allocates nothing.
 */
cctv_country_t cctv_geoip_copy_find(cctv_geoip_copy_t *copy,
                                    const struct sockaddr *address);

#endif
