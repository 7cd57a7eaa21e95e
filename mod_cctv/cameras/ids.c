/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ids.c
 * @brief Reads the ids of all cameras before mod_dbd has its pool.
 * Layer: pure.
 */
#include "cameras/ids.h"

#include "cameras/statements.h"
#include "database/query.h"

#include <stdlib.h>

static int32_t *read_ids(const PGresult *rows, size_t *count)
{
    int32_t *ids;
    size_t i;

    *count = (size_t)PQntuples(rows);
    ids = malloc((*count + 1) * sizeof *ids);
    for (i = 0; ids != NULL && i < *count; i++) {
        ids[i] = atoi(PQgetvalue(rows, (int)i, 0));
    }
    return ids;
}

int32_t *cctv_camera_ids(const char *params, cctv_time_t deadline,
                         size_t *count)
{
    static const cctv_params_t none = { .count = 0 };
    const cctv_limits_t limits = { .deadline = deadline };
    cctv_prepared_t prepared = { .prepared = 0 };
    cctv_query_error_t error;
    PGresult *rows = NULL;
    int32_t *ids = NULL;
    PGconn *conn = params == NULL ? NULL : cctv_query_start(params);

    if (conn != NULL && cctv_query_connect(conn, deadline) == CCTV_QUERY_OK
        && cctv_query_run(conn, &prepared, &cctv_statement_ids, &none, &limits,
                          &rows, &error)
               == CCTV_QUERY_OK) {
        ids = read_ids(rows, count);
    }
    PQclear(rows);
    PQfinish(conn);
    return ids;
}
