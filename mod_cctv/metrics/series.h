/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series.h
 * @brief Counters by label set: a hash table in memory that processes share.
 * Layer: pure.
 *
 * A cell is a key and a value of 64 bits each. The table uses open addressing
 * with linear probing. A key changes once, from 0 to its label set, by a
 * compare-and-swap, and never again: a cell number stays valid for ever. A
 * key and a value are each correct on their own, so relaxed order is enough.
 * Next to the cells the table keeps the day on which each was used last. A
 * restart drops the series that have been idle for too long.
 *
 * A key, from its low bits:
 *
 *     32  camera id
 *     10  country (geoip/country.h)
 *      4  browser (views/agent.h)
 *      4  operating system
 *      2  kind of series, 1 or 2
 *
 * Labels that the table has no room for
 *
 * A client chooses its browser and system, and the number of label sets that
 * it can make this way is large. It cannot choose cameras, and hardly its
 * country. So room runs out in three steps, each at a share of `max`:
 *
 *     used ≥ 1/2   a new label set of views started is counted as browser
 *                  "other" and system "other" of its camera and country:
 *                  such a label set is called coarse
 *     used ≥ 7/8   a new camera and country of views started is counted in
 *                  the series that is "other" in all labels
 *     used ≥ 1     the same for the time watched, and so for the viewers
 *
 * A label set that has a cell keeps it. Behind the hashed cells there is one
 * more cell for each kind, the one that is "other" in all labels. Every
 * amount is added to exactly one cell, so the sum over a kind is always
 * right.
 */
#ifndef CCTV_METRICS_SERIES_H
#define CCTV_METRICS_SERIES_H

#include "memory/region.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a value counts. State files contain these numbers. */
typedef enum {
    /** Views started, by camera, country, browser and system. */
    CCTV_SERIES_STARTS = 1,
    /** µs watched, by camera and country. */
    CCTV_SERIES_WATCHED = 2
} cctv_series_kind_t;

#define CCTV_SERIES_KINDS 2

/** The number of "other", both as a browser and as a system. view_lines.c
 *  checks that it is the one of views/agent.h. */
#define CCTV_SERIES_AGENT_OTHER 1

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

/** What processes share besides the cells. */
typedef struct {
    _Atomic uint64_t used;   /**< hashed cells with a key, at most `max` */
    _Atomic uint64_t folded; /**< additions to a label set that is less exact
                                  than the one asked for */
    _Atomic uint64_t told;   /**< the worst cctv_series_room_t that was
                                  reported */
} cctv_series_head_t;

/** The table as a process sees it; all but the sizes is shared. */
typedef struct {
    uint32_t max;   /**< label sets */
    uint32_t slots; /**< hashed cells; the "other" ones follow */
    cctv_series_head_t *head;
    cctv_cell_t *cells;
    _Atomic uint16_t *days; /**< since 1970, of each cell; 0: never used */
} cctv_series_t;

/** How much room is left; see the top of this file. */
typedef enum {
    CCTV_SERIES_AMPLE, /**< each new label set gets a cell of its own */
    CCTV_SERIES_SHORT, /**< browser and system of new label sets are lost */
    CCTV_SERIES_FULL   /**< new cameras and countries are lost, too */
} cctv_series_room_t;

/** Its capacity is the number of label sets. */
extern const cctv_region_t cctv_series_region;

/** Bytes for a table of `max` label sets; a multiple of 64. */
size_t cctv_series_size(uint32_t max);

/** @param memory  aligned to 64, all zero where the table is new */
void cctv_series_open(cctv_series_t *series, void *memory, uint32_t max);

/**
 * The cell to count a label set in. Creates a cell if there is none. When
 * room runs short it is the cell of a less exact label set; an exact cell
 * that becomes a coarse one here counts as folded, so ask once for each view
 * that starts. Never fails.
 */
uint32_t cctv_series_cell(cctv_series_t *series, const cctv_labels_t *labels);

/** The cell of a kind that is "other" in all labels. */
uint32_t cctv_series_other(cctv_series_t *series, cctv_series_kind_t kind);

/** Add to a cell of cctv_series_cell(); an amount of 0 only notes the day.
 *  The metrics show a cell from its first call on.
 *  @param day  today, in days since 1970 */
void cctv_series_add(cctv_series_t *series, uint32_t cell, uint64_t amount,
                     uint16_t day);

/** How much room is left. */
cctv_series_room_t cctv_series_room(const cctv_series_t *series);

/** Whether the caller is the one to report that room is this short: true
 *  once for each step, over all processes. */
bool cctv_series_is_news(cctv_series_t *series, cctv_series_room_t room);

/** The name of a cctv_series_room_t in the API: "ok", "short" or "full". */
const char *cctv_series_room_name(cctv_series_room_t room);

/** A series of a state file. */
typedef struct {
    cctv_labels_t labels;
    bool is_other; /**< in all labels */
    uint16_t day;
    uint64_t value;
} cctv_series_record_t;

/**
 * Take over the series of a state file into a new table. Call it before
 * anything but the views of that file has cells in it.
 *
 * A file that fills more than half of the table would leave no room for the
 * browsers and systems of new views, for weeks. So then views started are
 * merged into the coarse series of their camera and country, those that were
 * used least recently (and then those with the fewest views) first, until a
 * quarter of the table is free of them again, or all are merged. A merged
 * value is added, so the sum over all series stays the same.
 *
 * What Prometheus sees after a clean restart: no series that is still shown
 * has a lower value than before, so there is no false reset. A series that
 * was merged ends. Its value stands in a coarse series that is new, so
 * increase() does not count it a second time. Where the coarse series was
 * there before, a merge would make it jump, and increase() would report views
 * that did not start again; such label sets are kept, unless the file fills
 * more than 7/8 of the table. Only then, to leave room for cameras and
 * countries (or because CCTVMaxSeries is smaller now), they are merged down
 * to 3/4, and increase() sees the merged views once more.
 *
 * @param records  is sorted
 */
void cctv_series_take(cctv_series_t *series, cctv_series_record_t *records,
                      size_t count);

/** Cells to look at: 0 ≤ cell < cctv_series_cells(). */
static inline uint32_t cctv_series_cells(const cctv_series_t *series)
{
    return series->slots + CCTV_SERIES_KINDS;
}

/** Whether a cell is "other" in all labels. The labels that it is stored
 *  with are 0, except for the kind. */
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

/** The day of the last use; 0: cctv_series_add() was never called, as for a
 *  view that was refused after its cell had been looked up. */
static inline uint16_t cctv_series_day(const cctv_series_t *series,
                                       uint32_t cell)
{
    return atomic_load_explicit(&series->days[cell], memory_order_relaxed);
}

#endif
