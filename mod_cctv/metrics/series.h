/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series.h
 * @brief Counters by label set: a hash table in memory that processes share.
 * Layer: pure.
 *
 * A cell is a key and a value of 64 bits each. The table uses open addressing
 * with linear probing. A key changes once, from 0 to its label set, by a
 * compare-and-swap, and never again, so a cell number stays valid for ever. A
 * key and a value are each correct on their own, so relaxed order is enough.
 * For each cell the table also keeps the day on which the cell was last used.
 * A restart drops the series that have been idle for too long.
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
 * A client can choose its browser and system freely, so it can create a large
 * number of label sets. It cannot choose cameras, and hardly its country.
 * Therefore room runs out in three steps, each at a share of `max`:
 *
 *     used ≥ 1/2   a new label set of views started is counted with browser
 *                  "other" and system "other" of its camera and country;
 *                  such a label set is called coarse
 *     used ≥ 7/8   a new camera and country of views started is counted in
 *                  the series that is "other" in all labels
 *     used ≥ 1     so is a new camera and country of the time watched, and
 *                  therefore of the viewers
 *
 * A label set that has a cell keeps it. After the hashed cells there is one
 * more cell for each kind, the one that is "other" in all labels. Every amount
 * is added to exactly one cell, so the sum over a kind is always correct.
 */
#ifndef CCTV_METRICS_SERIES_H
#define CCTV_METRICS_SERIES_H

#include "memory/region.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a value counts. The numbers are stored in state files. */
typedef enum {
    /** Views started, by camera, country, browser and system. */
    CCTV_SERIES_STARTS = 1,
    /** µs watched, by camera and country. */
    CCTV_SERIES_WATCHED = 2
} cctv_series_kind_t;

#define CCTV_SERIES_KINDS 2

/**
 * The number of "other", both as a browser and as a system. view_lines.c
 * checks that views/agent.h uses the same number.
 */
#define CCTV_SERIES_AGENT_OTHER 1

/** The first bit of the kind in a key. */
#define CCTV_SERIES_KIND_AT 50

typedef struct {
    cctv_series_kind_t kind;
    int32_t camera;
    uint16_t country;
    uint8_t browser; /**< only for CCTV_SERIES_STARTS */
    uint8_t os;      /**< only for CCTV_SERIES_STARTS */
} cctv_labels_t;

typedef struct {
    _Atomic uint64_t key;
    _Atomic uint64_t value;
} cctv_cell_t;

/** What processes share besides the cells. */
typedef struct {
    /** hashed cells that have a key, at most `max` */
    _Atomic uint64_t used;
    /** additions to a label set less exact than the requested one */
    _Atomic uint64_t folded;
    /** the worst cctv_series_room_t that was reported */
    _Atomic uint64_t told;
} cctv_series_head_t;

/** The table as one process sees it. Everything but the sizes is shared. */
typedef struct {
    uint32_t max;   /**< the capacity in label sets */
    uint32_t slots; /**< hashed cells; the "other" cells follow */
    cctv_series_head_t *head;
    cctv_cell_t *cells;
    _Atomic uint16_t *days; /**< days since 1970, per cell; 0: never used */
} cctv_series_t;

/** How much room is left; see the top of this file. */
typedef enum {
    CCTV_SERIES_AMPLE, /**< each new label set gets its own cell */
    CCTV_SERIES_SHORT, /**< browser and system of new label sets are lost */
    CCTV_SERIES_FULL   /**< new cameras and countries are lost, too */
} cctv_series_room_t;

/** The region of the table. Its capacity is the number of label sets. */
extern const cctv_region_t cctv_series_region;

/** The size in bytes of a table for `max` label sets; a multiple of 64. */
size_t cctv_series_size(uint32_t max);

/** @param memory  aligned to 64; all zero if the table is new */
void cctv_series_open(cctv_series_t *series, void *memory, uint32_t max);

/**
 * Get the cell in which to count a label set; a new one if the label set has
 * none. When room runs short, this is the cell of a less exact label set. An
 * exact label set that becomes a coarse one here counts as folded, so call
 * this once for each view that starts. Never fails.
 */
uint32_t cctv_series_cell(cctv_series_t *series, const cctv_labels_t *labels);

/** Get the cell of a kind that is "other" in all labels. */
uint32_t cctv_series_other(cctv_series_t *series, cctv_series_kind_t kind);

/**
 * Add to a cell of cctv_series_cell(); an amount of 0 only records the day.
 * The metrics show a cell from the first call on.
 *
 * @param day  the current day, in days since 1970
 */
void cctv_series_add(cctv_series_t *series, uint32_t cell, uint64_t amount,
                     uint16_t day);

/** How much room is left. */
cctv_series_room_t cctv_series_room(const cctv_series_t *series);

/**
 * Whether the caller should report that room is this short. True once for each
 * step, over all processes.
 */
bool cctv_series_is_news(cctv_series_t *series, cctv_series_room_t room);

/** The name of a cctv_series_room_t in the API: "ok", "short" or "full". */
const char *cctv_series_room_name(cctv_series_room_t room);

/** A series as the state file stores it. */
typedef struct {
    cctv_labels_t labels;
    bool is_other; /**< "other" in all labels */
    uint16_t day;
    uint64_t value;
} cctv_series_record_t;

/**
 * Load the series of a state file into a new table. Before this call only the
 * views of that file may have cells in the table.
 *
 * A file that fills more than half of the table would leave no room for the
 * browsers and systems of new views, for weeks. In this case series of views
 * started are merged into the coarse series of their camera and country. The
 * least recently used ones, and among those the ones with the fewest views,
 * are merged first, until they fill no more than a quarter of the table. The
 * value of a merged series is added, so the sum over all series stays the
 * same.
 *
 * What Prometheus sees after a clean restart: no series that is still shown
 * has a lower value than before, so there is no false reset. A series that was
 * merged ends. If the coarse series is new, increase() does not count the
 * merged value a second time. If the coarse series existed before, a merge
 * would make it jump, and increase() would report views that did not start
 * again. Such label sets are kept, unless the file fills more than 7/8 of the
 * table. Only then, to leave room for cameras and countries (or because
 * CCTVMaxSeries is smaller now), they are merged until they fit into 3/4 of
 * it, and increase() counts the merged views once more.
 *
 * @param records  is sorted by this function
 */
void cctv_series_take(cctv_series_t *series, cctv_series_record_t *records,
                      size_t count);

/**
 * The number of cells; valid cell numbers are 0 ≤ cell < cctv_series_cells().
 */
static inline uint32_t cctv_series_cells(const cctv_series_t *series)
{
    return series->slots + CCTV_SERIES_KINDS;
}

/**
 * Whether a cell is "other" in all labels. Such a cell is stored with 0 for
 * all labels except the kind.
 */
static inline bool cctv_series_is_other(const cctv_series_t *series,
                                        uint32_t cell)
{
    return cell >= series->slots;
}

/**
 * Whether a hashed cell has labels and is of this kind. For loops over all
 * cells.
 */
static inline bool cctv_series_is_kind(const cctv_series_t *series,
                                       uint32_t cell, cctv_series_kind_t kind)
{
    return atomic_load_explicit(&series->cells[cell].key, memory_order_relaxed)
               >> CCTV_SERIES_KIND_AT
           == (uint64_t)kind;
}

/**
 * Read the labels of a cell. @return false: the cell is empty, or it is an
 * "other" cell that was never used
 */
bool cctv_series_labels(const cctv_series_t *series, uint32_t cell,
                        cctv_labels_t *out);

static inline uint64_t cctv_series_value(const cctv_series_t *series,
                                         uint32_t cell)
{
    return atomic_load_explicit(&series->cells[cell].value,
                                memory_order_relaxed);
}

/**
 * The day on which a cell was last used. 0: cctv_series_add() was never
 * called, for example because the view was refused after its cell had been
 * looked up.
 */
static inline uint16_t cctv_series_day(const cctv_series_t *series,
                                       uint32_t cell)
{
    return atomic_load_explicit(&series->days[cell], memory_order_relaxed);
}

#endif
