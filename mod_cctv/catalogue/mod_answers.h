/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_answers.h
 * @brief Answers requests for cameras out of the catalogue.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_ANSWERS_H
#define CCTV_CATALOGUE_MOD_ANSWERS_H

#include "cameras/filter.h"
#include "catalogue/read.h"
#include "core/clock.h"

#include "httpd.h"

#include <stdbool.h>

/**
 * The entity tag of an answer out of a catalogue: it follows from everything
 * that the answer depends on, so it is known before the answer is made.
 *
 * @return allocated from r->pool
 */
const char *cctv_catalogue_tag(request_rec *r, const cctv_catalogue_t *c,
                               const cctv_filter_t *filter);

/**
 * Before a search in a catalogue. A search for text may look at all names, so
 * only as many threads of a process do that at a time as there are processors;
 * the others wait some seconds at most.
 *
 * @param entered  written: for cctv_catalogue_leave()
 * @param result   written if too many wait: then the request has been answered
 * @return whether the search may start
 */
bool cctv_catalogue_enter(request_rec *r, const cctv_filter_t *filter,
                          cctv_time_t *entered, int *result);

/** After the search. */
void cctv_catalogue_leave(const cctv_filter_t *filter, cctv_time_t entered);

/**
 * Answer that there is no generation: 404 without CCTVCatalogue, 503 while the
 * first one is being made.
 *
 * @param what  cannot be answered: "changes are not known"
 */
int cctv_catalogue_missing(request_rec *r, const char *what);

/** Let the handler cctv-cameras ask the catalogue first. While configuring. */
void cctv_catalogue_answer(void);

/** Hook child_init. */
void cctv_catalogue_answers_child_init(void);

#endif
