/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file visitor.h
 * @brief What is done with each live view in the walk over all slots (walk.h).
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_VISITOR_H
#define CCTV_VIEWS_VISITOR_H

#include "views/view_table.h"

#include <stdbool.h>

/** The functions must not block. One thread calls them, in the order begin,
 *  visit, end. */
typedef struct cctv_view_visitor_t {
    /** NULL: the visitor takes part in every walk.
     *  @return false: it does not take part in this walk */
    bool (*begin)(void *context, cctv_time_t now);
    /** Called for each view that is live and not overdue. It may end the
     *  view; the visitors after it still get this copy. */
    void (*visit)(void *context, const cctv_view_t *view, cctv_time_t now);
    /** NULL: there is nothing to do after the last view. */
    void (*end)(void *context, cctv_time_t now);
    void *context;
} cctv_view_visitor_t;

#endif
