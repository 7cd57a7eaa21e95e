/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file journal.h
 * @brief What the journal of changes says, and what there is to do about it.
 * Layer: pure.
 *
 * sql/40-journal.sql explains the journal. Its function since() returns what
 * has changed since a position, and the position for the next call. A position
 * is a text that only the database understands.
 *
 *     position of the file ──► poll ──► statuses: written at once, in place
 *                               │
 *                               └─────► ids: kept until a new generation may
 *                                       be made ──► NOTHING, IDS or REBUILD
 *
 * A generation is published with the position that belongs to it. All else is
 * in the memory of one process only: if it is killed, the next one continues at
 * the position of the file, and does again what the first one may have done.
 */
#ifndef CCTV_CATALOGUE_JOURNAL_H
#define CCTV_CATALOGUE_JOURNAL_H

#include "cameras/counts.h"
#include "core/clock.h"

#include "apr_pools.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * The most ids of one poll, and the most that wait for a generation. If there
 * are more, all cameras are read.
 */
#define CCTV_JOURNAL_IDS_MAX 50000

/**
 * What making generations may take, on average: applying changes a tenth of a
 * processor, and writing all cameras another one. What was not used within the
 * last minute may be used at once.
 */
#define CCTV_JOURNAL_SHARE  10
#define CCTV_JOURNAL_WINDOW 60000000 /* µs */

/** A camera and its status now. */
typedef struct {
    int id;
    cctv_camera_status_t status;
    int64_t since; /**< seconds since 1970; 0: not known (cameras/since.h) */
} cctv_journal_status_t;

/** What journal_query.h has returned. */
typedef struct {
    /** For the next call; NULL: the journal is not complete, so it is of no
     *  use. */
    const char *position;
    /** A shorter position for the file. It is earlier if transactions are in
     *  progress; what came after it is then reported twice. */
    const char *resume;
    bool is_many;   /**< all cameras have to be read */
    const int *ids; /**< that are new, gone or different, ascending */
    int id_count;
    const cctv_journal_status_t *statuses;
    int status_count;
} cctv_journal_news_t;

/** The numbers of the columns of a result of journal_query.h. */
enum {
    CCTV_JOURNAL_COLUMN_REACHED,
    CCTV_JOURNAL_COLUMN_RESUME,
    CCTV_JOURNAL_COLUMN_IS_MANY,
    CCTV_JOURNAL_COLUMN_CHANGED,
    CCTV_JOURNAL_COLUMN_STATUS_IDS,
    CCTV_JOURNAL_COLUMN_STATUSES,
    CCTV_JOURNAL_COLUMN_SINCE,
    CCTV_JOURNAL_COLUMN_COUNT
};

/**
 * Read such a result.
 *
 * @param pool  owns the texts and arrays of `out`
 * @return false: it is not such a result
 */
bool cctv_journal_read(const PGresult *rows, apr_pool_t *pool,
                       cctv_journal_news_t *out);

/**
 * Read an array of PostgreSQL, {1,2}.
 *
 * @param out  allocated from pool, written on success
 * @return the number of elements; -1: it is not such an array
 */
int cctv_journal_ids(const char *text, apr_pool_t *pool, int **out);

/** What is known of one catalogue beyond its current generation. All zero at
 *  the start; belongs to one thread. */
typedef struct {
    char *position; /**< of the last poll; NULL: there is none */
    char *resume;   /**< the same for the file */
    int *ids;       /**< that wait for a generation, ascending */
    int id_count;
    bool is_many; /**< all cameras have to be read */
    /** The next changes may be applied from then on. */
    cctv_time_t earliest;
    /** All cameras may be written again from then on. */
    cctv_time_t earliest_whole;
} cctv_journal_t;

/**
 * Start at the position of a generation, and forget everything else but
 * `earliest` and `earliest_whole`.
 *
 * @param position  "" or NULL: there is none, so all cameras have to be read,
 *                  and the journal holds no memory
 */
void cctv_journal_start(cctv_journal_t *journal, const char *position);

/** Take over what a poll has found, except for the statuses. If there is no
 *  memory, all cameras have to be read. */
void cctv_journal_add(cctv_journal_t *journal,
                      const cctv_journal_news_t *news);

typedef enum {
    CCTV_JOURNAL_NOTHING, /**< there is nothing to do, or not yet */
    CCTV_JOURNAL_IDS,     /**< read the cameras that wait, and apply them */
    CCTV_JOURNAL_REBUILD  /**< read all cameras */
} cctv_journal_work_t;

/** @param cameras  in the current generation; -1: there is none */
cctv_journal_work_t cctv_journal_work(const cctv_journal_t *journal,
                                      int cameras, cctv_time_t now);

/**
 * Whether the changes since the base are so many that a new base is worth the
 * work, and it may be made now.
 *
 * @param changes  cameras that are new, different or gone
 */
bool cctv_journal_wants_base(const cctv_journal_t *journal, int cameras,
                             int changes, cctv_time_t now);

/** Changes have been applied, or that has failed.
 *  @param cost  the processor time that it took: µs */
void cctv_journal_worked(cctv_journal_t *journal, int64_t cost,
                         cctv_time_t now);

/** The same when all cameras were written. */
void cctv_journal_worked_whole(cctv_journal_t *journal, int64_t cost,
                               cctv_time_t now);

#endif
