/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_matching.c
 * @brief Asks the database about all cameras that match a filter.
 * Layer: httpd.
 */
#include "cameras/mod_matching.h"

#include "cameras/statements.h"
#include "http/number.h"

#include <stdlib.h>
#include <string.h>

int cctv_matching_count(cctv_visit_t *visit, const cctv_filter_t *filter,
                        int *matched)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    PGresult *rows;
    int status;

    *matched = -1;
    if (!filter->wants_count) {
        return OK;
    }
    statement = cctv_statement_count(visit->pool, filter, &params);
    status = cctv_database_query(visit, statement, &params, &rows);
    if (status == OK) {
        *matched = atoi(PQgetvalue(rows, 0, 0));
        PQclear(rows);
    }
    return status;
}

int cctv_matching_extent(cctv_visit_t *visit, const cctv_filter_t *filter,
                         cctv_extent_t *out)
{
    static const cctv_extent_t nothing = CCTV_EXTENT_NONE;
    double *const edges[] = { &out->box.west,   &out->box.south,
                              &out->box.east,   &out->box.north,
                              &out->first_east, &out->last_west };
    const cctv_statement_t *statement;
    cctv_params_t params;
    PGresult *rows;
    int status;
    int i;

    *out = nothing;
    if (!filter->wants_extent) {
        return OK;
    }
    statement = cctv_statement_extent(visit->pool, filter, &params);
    status = cctv_database_query(visit, statement, &params, &rows);
    if (status != OK) {
        return status;
    }
    for (i = 0; i < (int)(sizeof edges / sizeof edges[0]); i++) {
        const char *text = PQgetvalue(rows, 0, i);

        /* Null is an empty text, which is no number: the edge stays. */
        cctv_number_parse_double(text, strlen(text), edges[i]);
    }
    PQclear(rows);
    return OK;
}
