/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_rebuild.c
 * @brief Reads the whole table of cameras into the file of a new generation.
 * Layer: httpd.
 */
#include "catalogue/mod_rebuild.h"

#include "cameras/statements.h"
#include "catalogue/adder.h"
#include "catalogue/build.h"
#include "catalogue/mod_ask.h"
#include "catalogue/mod_feed.h"

#include "apr_time.h"

#include <stdlib.h>

/* The rows of one query. It has to be answered within CCTVQueryTimeout. */
#define CHUNK 5000

/* @return the id of the last row; 0: there is none */
static int last_id(const PGresult *rows)
{
    int count = PQntuples(rows);

    return count == 0 ? 0 : atoi(PQgetvalue(rows, count - 1, CCTV_COLUMN_ID));
}

/* Add all cameras. @return whether the database has answered all queries */
static bool add_all(const cctv_catalogue_place_t *place,
                    const cctv_catalogue_t *last, cctv_adder_t *adder,
                    const atomic_bool *is_stopped, apr_pool_t *pool)
{
    int after = 0;
    cctv_params_t params;
    PGresult *rows;
    int count;

    do {
        const cctv_statement_t *statement = cctv_statement_all(after, CHUNK,
                                                               &params);

        if (atomic_load(is_stopped)
            || cctv_catalogue_ask(place, pool, statement, &params, &rows)
                   != OK) {
            return false;
        }
        count = PQntuples(rows);
        after = last_id(rows);
        cctv_adder_add(adder, rows);
        cctv_feed_statuses(place, last, pool);
    } while (count == CHUNK);
    return true;
}

apr_status_t cctv_rebuild(const cctv_catalogue_place_t *place,
                          const cctv_catalogue_t *last, int fd,
                          const atomic_bool *is_stopped, apr_pool_t *pool,
                          int64_t *spent, const char **why)
{
    cctv_build_about_t about = { .database = place->database,
                                 .built = apr_time_now(),
                                 .position = cctv_feed_position(place) };
    cctv_build_t *build;
    cctv_adder_t adder;
    bool has_all;
    apr_status_t rv;

    *why = NULL;
    *spent = 0;
    build = cctv_build_begin(fd);
    if (build == NULL) {
        *why = "there is no memory";
        return APR_ENOMEM;
    }
    cctv_adder_begin(&adder, build);
    has_all = add_all(place, last, &adder, is_stopped, pool);
    *spent = cctv_adder_end(&adder);
    if (!has_all) {
        cctv_build_abandon(build);
        return APR_EGENERAL;
    }
    rv = cctv_build_end(build, &about);
    *why = rv == APR_EINVAL ? "a camera is not as sql/10-schema.sql has it"
                            : "its file cannot be written";
    return rv;
}
