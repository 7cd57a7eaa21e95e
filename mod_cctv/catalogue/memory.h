/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief What all processes share about the catalogues.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_MEMORY_H
#define CCTV_CATALOGUE_MEMORY_H

#include "memory/region.h"

#include <stdbool.h>

/** The most catalogues of a server: folders of CCTVCatalogue. */
#define CCTV_CATALOGUES_MAX 8

/** A catalogue. All zero: the place is free. */
typedef struct {
    /** A hash of the path of its folder. */
    _Atomic uint64_t folder;
    /** The current generation, also in the names of its files; 0: none. */
    _Atomic uint64_t number;
    /** A generation whose file cannot be used; no process tries it again. */
    _Atomic uint64_t refused;
    /** What cctv_files_map() says of the base that was checked last, and of the
     *  file of changes. */
    _Atomic uint64_t checked;
    _Atomic uint64_t checked_changes;
    /** The number of the current base, written before `number`. */
    _Atomic uint64_t base;
    /** The number of the last base that was started, in the name of its file
     *  once it is ready. */
    _Atomic uint64_t reserved;
    /** Whether another Apache uses the folder, so that this one may not. */
    _Atomic bool is_elsewhere;
    /** Changes with the table, as far as the refresher can see; 0: not known. */
    _Atomic uint64_t fingerprint;
    /** When the catalogue was last known to be up to date: µs since 1970. */
    _Atomic int64_t agreed;
    _Atomic uint64_t cameras;
    _Atomic uint64_t bytes;
    /** How long the last build took: µs. */
    _Atomic int64_t build_time;
    _Atomic uint64_t builds;
    _Atomic uint64_t builds_failed;
    /** Cameras that were replaced without reading the whole table, and statuses
     *  that were changed in place. */
    _Atomic uint64_t changes;
    _Atomic uint64_t statuses;
} cctv_catalogue_state_t;

typedef struct {
    cctv_catalogue_state_t at[CCTV_CATALOGUES_MAX];
} cctv_catalogue_memory_t;

extern const cctv_region_t cctv_catalogue_region;

#endif
