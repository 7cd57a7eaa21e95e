/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_ask.c
 * @brief Asks the database of a catalogue, in the thread of the refresher.
 * Layer: httpd.
 */
#include "catalogue/mod_ask.h"

#include "database/mod_visit.h"

int cctv_catalogue_ask(const cctv_catalogue_place_t *place, apr_pool_t *pool,
                       const cctv_statement_t *statement,
                       const cctv_params_t *params, PGresult **rows)
{
    cctv_visit_t visit;
    int status = cctv_database_begin_background(place->server, pool, &visit);

    if (status == OK) {
        status = cctv_database_query(&visit, statement, params, rows);
        cctv_database_end(&visit);
    }
    return status;
}
