/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file words.h
 * @brief The words that a request looks for in names, and how well a name
 *        matches them.
 * Layer: pure.
 *
 * Names and words are compared folded: in lower case, without accents and
 * apostrophes, with one blank for blanks and `#`. The database folds names
 * (public.cctv_fold() in sql/10-schema.sql), for both paths; this file folds
 * what is looked for, also for both.
 *
 * A name matches if it has all words, in any order, anywhere. Cameras that
 * match are in the order of their rank, then of their id. The rank is twice the
 * match below, plus 1 if not every browser plays the camera.
 */
#ifndef CCTV_CAMERAS_WORDS_H
#define CCTV_CAMERAS_WORDS_H

#include "apr_pools.h"

#include <stddef.h>

typedef enum {
    CCTV_MATCH_EXACT,  /**< the name is the text, or the id is the number */
    CCTV_MATCH_PREFIX, /**< the name starts with the text */
    CCTV_MATCH_STARTS, /**< each word is at the start of a word */
    CCTV_MATCH_WITHIN, /**< the name has all words */
    CCTV_MATCH_COUNT
} cctv_match_t;

/** There is no match. */
#define CCTV_MATCH_NONE (-1)

#define CCTV_RANK_COUNT (2 * CCTV_MATCH_COUNT)

typedef struct {
    const char *text;
    size_t length;
} cctv_word_of_name_t;

typedef struct {
    const char *text; /**< folded: the words with one blank between them */
    size_t length;
    int count; /**< of words, 1 or more */
    const cctv_word_of_name_t *word;
    int longest; /**< which one is the longest */
    int id;      /**< the camera of this number matches as well; 0: none */
} cctv_words_t;

/** A folded text has at most this many bytes. */
#define CCTV_FOLDED_MAX(length) (7 * (size_t)(length))

/**
 * Fold a text in UTF-8. Bytes that are not UTF-8 stay. There is no blank at its
 * start or end, and never two in a row.
 *
 * @param out  has room for CCTV_FOLDED_MAX() bytes
 * @return the end of what was written
 * Thread-safe.
 */
char *cctv_fold(const char *text, size_t length, char *out);

/**
 * Fold a text, and find its words.
 *
 * @param pool  owns the result
 * @return NULL: it has no words
 * Thread-safe.
 */
const cctv_words_t *cctv_words_make(apr_pool_t *pool, const char *text);

/** Match a folded name, which need not end with NUL.
 *  @return cctv_match_t or CCTV_MATCH_NONE. Thread-safe. */
int cctv_words_match(const cctv_words_t *words, const char *name,
                     size_t length);

#endif
