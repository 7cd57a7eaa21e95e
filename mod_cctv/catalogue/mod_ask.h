/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_ask.h
 * @brief Asks the database of a catalogue, in the thread of the refresher.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_ASK_H
#define CCTV_CATALOGUE_MOD_ASK_H

#include "catalogue/mod_places.h"
#include "database/query.h"

/**
 * Run one statement in a visit of its own.
 *
 * @param rows  written on OK; PQclear() it
 * @return OK or an HTTP status, already logged
 */
int cctv_catalogue_ask(const cctv_catalogue_place_t *place, apr_pool_t *pool,
                       const cctv_statement_t *statement,
                       const cctv_params_t *params, PGresult **rows);

#endif
