/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file journal_query.h
 * @brief The SQL that asks what has changed.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_JOURNAL_QUERY_H
#define CCTV_CATALOGUE_JOURNAL_QUERY_H

#include "database/query.h"

/**
 * Ask the journal what has changed since a position; cctv_journal_read() reads
 * the result.
 *
 * @param position  of an earlier call; "" at first. It is not copied
 */
const cctv_statement_t *cctv_journal_query(const char *position,
                                           cctv_params_t *params);

/** The columns of cctv_journal_query_table. */
enum {
    CCTV_TABLE_COLUMN_HAS_JOURNAL, /**< and whether this user may ask it */
    CCTV_TABLE_COLUMN_FINGERPRINT  /**< another one after any change */
};

/**
 * Ask whether there is a journal, and whether the table has changed: by the
 * counters of PostgreSQL's statistics, without reading the table. They are up
 * to 10 s late. There is no row if there is no table.
 */
extern const cctv_statement_t cctv_journal_query_table;

#endif
