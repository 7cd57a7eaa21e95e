/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_still_source.c
 * @brief Reads where the still pictures of cameras come from.
 * Layer: httpd.
 */
#include "cameras/mod_still_source.h"

#include "database/array.h"
#include "database/mod_visit.h"

#include "apr_strings.h"

#include <stdlib.h>

static const cctv_statement_t statement = {
    .number = -1,
    .sql = "SELECT id, role, cctv_still_url(id), cctv_external_id(id) "
           "FROM cameras WHERE id = ANY ($1::int4[])"
};

static const char *text(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NULL
                                          : PQgetvalue(rows, row, column);
}

static cctv_still_source_t source_of(const PGresult *rows, int row)
{
    return (cctv_still_source_t){ .id = atoi(PQgetvalue(rows, row, 0)),
                                  .role = text(rows, row, 1),
                                  .url = text(rows, row, 2),
                                  .key = text(rows, row, 3) };
}

/* This ends the visit. */
static int query(cctv_visit_t *visit, const int *ids, int count,
                 PGresult **rows)
{
    cctv_params_t params = { .count = 0 };
    int status;

    cctv_params_add_text(&params, cctv_array_of_ints(visit->pool, ids, count));
    status = cctv_database_query(visit, &statement, &params, rows);
    cctv_database_end(visit);
    return status;
}

int cctv_still_source_read(request_rec *r, int id, cctv_still_source_t *out)
{
    cctv_visit_t visit;
    PGresult *rows;
    int status = cctv_database_begin(r, &visit);

    status = status == OK ? query(&visit, &id, 1, &rows) : status;
    if (status != OK) {
        return status;
    }
    *out = (cctv_still_source_t){ .id = id };
    if (PQntuples(rows) > 0) {
        *out = source_of(rows, 0);
        out->role = apr_pstrdup(r->pool, out->role);
        out->url = apr_pstrdup(r->pool, out->url);
        out->key = apr_pstrdup(r->pool, out->key);
    }
    PQclear(rows);
    return OK;
}

int cctv_still_source_each(server_rec *s, apr_pool_t *pool, const int *ids,
                           int count,
                           void (*each)(void *context,
                                        const cctv_still_source_t *source),
                           void *context)
{
    cctv_visit_t visit;
    PGresult *rows;
    int status = cctv_database_begin_background(s, pool, &visit);
    int i;

    status = status == OK ? query(&visit, ids, count, &rows) : status;
    if (status != OK) {
        return status;
    }
    for (i = 0; i < PQntuples(rows); i++) {
        cctv_still_source_t source = source_of(rows, i);

        each(context, &source);
    }
    PQclear(rows);
    return OK;
}
