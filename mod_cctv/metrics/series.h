/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series.h
 * @brief Counters by label set: a hash table in memory that processes share.
 * Layer: pure.
 *
 * Cells of a key and a value, 64 bits each, open addressing, linear probing.
 * A key goes from 0 to its label set in one compare-and-swap and never
 * changes again, so a cell found once is right for ever, and a value is
 * right by itself: relaxed order is enough for both. Beside the cells stands
 * the day of each one's last use, for what is dropped at a restart.
 *
 * A key, from its low bits:
 *
 *     32  camera id
 *     10  country (geoip/country.h)
 *      4  browser (views/agent.h)
 *      4  operating system
 *      2  kind of series, 1 or 2
 *
 * Behind the hashed cells stands one for each kind: "other", for the label
 * sets that find the table full, so that the sum over a kind stays right.
 */
#ifndef CCTV_METRICS_SERIES_H
#define CCTV_METRICS_SERIES_H

#include "memory/region.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a value counts. The numbers are in state files. */
typedef enum {
    /** Views started, by camera, country, browser and system. */
    CCTV_SERIES_STARTS = 1,
    /** µs watched, by camera and country. */
    CCTV_SERIES_WATCHED = 2
} cctv_series_kind_t;

#define CCTV_SERIES_KINDS 2

/** The first bit of the kind in a key. */
#define CCTV_SERIES_KIND_AT 50

typedef struct {
    cctv_series_kind_t kind;
    int32_t camera;
    uint16_t country;
    uint8_t browser; /**< of CCTV_SERIES_STARTS only */
    uint8_t os;      /**< likewise */
} cctv_labels_t;

typedef struct {
    _Atomic uint64_t key;
    _Atomic uint64_t value;
} cctv_cell_t;

/** What is shared besides the cells. */
typedef struct {
    _Atomic uint64_t used;   /**< cells, for the limit */
    _Atomic uint64_t folded; /**< additions to an "other" */
} cctv_series_head_t;

/** The table as a process sees it; all but the sizes is shared. */
typedef struct {
    uint32_t max;   /**< label sets */
    uint32_t slots; /**< hashed cells; the "other" ones follow */
    cctv_series_head_t *head;
    cctv_cell_t *cells;
    _Atomic uint16_t *days; /**< since 1970, of each cell */
} cctv_series_t;

/** Its capacity is the number of label sets. */
extern const cctv_region_t cctv_series_region;

/** Bytes for a table of so many label sets; a multiple of 64. */
size_t cctv_series_size(uint32_t max);

/** @param memory  aligned to 64, all zero where the table is new */
void cctv_series_open(cctv_series_t *series, void *memory, uint32_t max);

/** The cell of a label set, made where there is none; that of "other" where
 *  the table is full. Never fails. */
uint32_t cctv_series_cell(cctv_series_t *series, const cctv_labels_t *labels);

/** The "other" cell of a kind. */
uint32_t cctv_series_other(cctv_series_t *series, cctv_series_kind_t kind);

/** Add to a cell of cctv_series_cell(); an amount of 0 only notes the day.
 *  @param day  today, in days since 1970 */
void cctv_series_add(cctv_series_t *series, uint32_t cell, uint64_t amount,
                     uint16_t day);

/** The same for what a cell had before a restart: folded once already. */
void cctv_series_restore(cctv_series_t *series, uint32_t cell, uint64_t value,
                         uint16_t day);

/** Cells to look at: 0 ≤ cell < cctv_series_cells(). */
static inline uint32_t cctv_series_cells(const cctv_series_t *series)
{
    return series->slots + CCTV_SERIES_KINDS;
}

/** Whether a cell is an "other"; then its labels but for the kind are 0. */
static inline bool cctv_series_is_other(const cctv_series_t *series,
                                        uint32_t cell)
{
    return cell >= series->slots;
}

/** Whether a cell has labels, and is of this kind. For walks over all. */
static inline bool cctv_series_is_kind(const cctv_series_t *series,
                                       uint32_t cell, cctv_series_kind_t kind)
{
    return atomic_load_explicit(&series->cells[cell].key, memory_order_relaxed)
               >> CCTV_SERIES_KIND_AT
           == (uint64_t)kind;
}

/** The labels of a cell. @return false: it is empty, or an "other" that was
 *  never used */
bool cctv_series_labels(const cctv_series_t *series, uint32_t cell,
                        cctv_labels_t *out);

static inline uint64_t cctv_series_value(const cctv_series_t *series,
                                         uint32_t cell)
{
    return atomic_load_explicit(&series->cells[cell].value,
                                memory_order_relaxed);
}

static inline uint16_t cctv_series_day(const cctv_series_t *series,
                                       uint32_t cell)
{
    return atomic_load_explicit(&series->days[cell], memory_order_relaxed);
}

#endif
