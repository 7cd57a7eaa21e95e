/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fold.h
 * @brief Folds text to lower case as the database does, so that `q` finds the
 *        same names with and without the catalogue.
 * Layer: pure.
 *
 * PostgreSQL's ILIKE lowers both sides by the locale of the database, each
 * character for itself. The database therefore tells which characters have
 * another lower case, and the catalogue keeps them.
 */
#ifndef CCTV_CATALOGUE_FOLD_H
#define CCTV_CATALOGUE_FOLD_H

#include "catalogue/format.h"

#include <stddef.h>
#include <stdint.h>

/** Code points below this are folded by a table. */
#define CCTV_FOLD_TABLE 0x600

/** What folds the text of one database. */
typedef struct {
    uint32_t low[CCTV_FOLD_TABLE];
    const cctv_catalogue_fold_t *folds; /**< ascending by `from` */
    uint32_t count;
} cctv_folds_t;

/** @param folds  has to live as long */
void cctv_folds_init(cctv_folds_t *out, const cctv_catalogue_fold_t *folds,
                     uint32_t count);

/** A folded text has at most this many bytes. */
#define CCTV_FOLDED_MAX(length) (4 * (size_t)(length))

/**
 * Write the folded text to out. Bytes that are not UTF-8 stay.
 * @return the end of what was written
 */
char *cctv_folds_put(const cctv_folds_t *folds, const char *text,
                     size_t length, char *out);

/**
 * Find a text.
 *
 * @return where it starts in `hay`; NULL: it is not there
 */
const char *cctv_text_find(const char *hay, size_t hay_length,
                           const char *needle, size_t needle_length);

#endif
