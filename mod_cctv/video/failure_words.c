/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file failure_words.c
 * @brief The failures of cameras: for each its name, and what people are told.
 * Layer: pure.
 */
#include "video/failure_words.h"

#define LABEL(name, label, ...) label,

#define ROW(name, label, kind, first, longest, sentence)                      \
    [CCTV_FAILURE_##                                                          \
        name] = { label, CCTV_FAILS_##kind, first, longest, sentence },

const char *const cctv_failure_labels[] = { CCTV_FAILURE_LIST(LABEL) };

static const cctv_failure_words_t rows[] = {
    [CCTV_FAILURE_NONE] = { "", CCTV_FAILS_SERVER, 0, 0, "" },
    CCTV_FAILURE_LIST(ROW)
};

_Static_assert(sizeof rows / sizeof rows[0] == CCTV_FAILURE_COUNT,
               "a failure has no row");

const cctv_failure_words_t *cctv_failure_words(cctv_failure_t why)
{
    return &rows[why];
}
