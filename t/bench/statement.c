/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file statement.c
 * @brief Prints the SQL and the values that the module sends for a request.
 *
 *   statement CONNINFO <queries >statements
 *
 * Draws the module's sample from the database. Then turns each line, a query
 * string of the API, into a line of JSON: plan, prepared, sql, values, and
 * planner_sql, the text that leaves the choice of the plan to PostgreSQL.
 */
#include "cameras/filter.h"
#include "cameras/plan.h"
#include "cameras/statements.h"

#include <endian.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const plan_names[] = { [CCTV_PLAN_BY_POSITION] = "position",
                                          [CCTV_PLAN_BY_ID] = "id",
                                          [CCTV_PLAN_BY_PLANNER] = "planner" };

static void die(const char *what, const char *why)
{
    fprintf(stderr, "statement: %s: %s\n", what, why);
    exit(1);
}

static float number(const PGresult *rows, int row, int column)
{
    return strtof(PQgetvalue(rows, row, column), NULL);
}

static void draw_sample(const char *conninfo, cctv_sample_t *sample)
{
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *rows = PQexec(conn, cctv_statement_sample.sql);
    int i;

    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        die("the sample", PQerrorMessage(conn));
    }
    if (PQntuples(rows) == 0) {
        die("the sample", "the table is empty");
    }
    sample->scale = strtod(PQgetvalue(rows, 0, CCTV_SAMPLE_COLUMN_SCALE),
                           NULL);
    for (i = 0; i < PQntuples(rows); i++) {
        cctv_sample_add(sample,
                        atoi(PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_ID)),
                        number(rows, i, CCTV_SAMPLE_COLUMN_LNG),
                        number(rows, i, CCTV_SAMPLE_COLUMN_LAT),
                        PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_ROLE),
                        PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_STATUS));
    }
    PQclear(rows);
    PQfinish(conn);
}

/* Parameters are binary int4 and float8, or text. */
static json_t *value(const cctv_params_t *params, int i)
{
    uint32_t bits32;
    uint64_t bits64;
    double real;

    switch (params->length[i]) {
    case 4:
        memcpy(&bits32, params->value[i], sizeof bits32);
        return json_integer((int32_t)be32toh(bits32));
    case 8:
        memcpy(&bits64, params->value[i], sizeof bits64);
        bits64 = be64toh(bits64);
        memcpy(&real, &bits64, sizeof real);
        return json_real(real);
    default:
        return json_string(params->value[i]);
    }
}

static void print_statement(apr_pool_t *pool, const cctv_sample_t *sample,
                            const char *query)
{
    const cctv_statement_t *statement, *planned;
    cctv_filter_t filter;
    cctv_params_t params;
    cctv_plan_t plan;
    const char *why;
    json_t *values = json_array();
    json_t *line;
    int i;

    if (cctv_filter_parse(pool, query, 100000, &filter, &why) != APR_SUCCESS) {
        die(query, why);
    }
    plan = cctv_plan_choose(sample, &filter);
    planned = cctv_statement_list(pool, &filter, CCTV_PLAN_BY_PLANNER,
                                  filter.limit + 1, &params);
    statement = cctv_statement_list(pool, &filter, plan, filter.limit + 1,
                                    &params);
    for (i = 0; i < params.count; i++) {
        json_array_append_new(values, value(&params, i));
    }
    line = json_pack("{s:s, s:s, s:b, s:s, s:s, s:o}", "query", query, "plan",
                     plan_names[plan], "prepared", statement->number >= 0,
                     "sql", statement->sql, "planner_sql", planned->sql,
                     "values", values);
    json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
    putchar('\n');
    json_decref(line);
}

int main(int argc, char **argv)
{
    static cctv_sample_t sample;
    char query[4096];
    apr_pool_t *all, *pool;

    if (argc != 2) {
        die("usage", "statement CONNINFO <queries");
    }
    apr_initialize();
    apr_pool_create(&all, NULL);
    apr_pool_create(&pool, all);
    cctv_statements_init(all);
    draw_sample(argv[1], &sample);
    while (fgets(query, sizeof query, stdin) != NULL) {
        query[strcspn(query, "\n")] = '\0';
        print_statement(pool, &sample, query);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(all);
    apr_terminate();
    return 0;
}
