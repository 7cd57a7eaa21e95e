/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file journal_query.c
 * @brief The SQL that asks what has changed.
 * Layer: pure.
 */
#include "catalogue/journal_query.h"

#include "cameras/statements.h"
#include "catalogue/journal.h"

/* Below the numbers of the items in cameras/statements.c. */
#define JOURNAL_NUMBER 58

static const cctv_statement_t since = {
    .number = JOURNAL_NUMBER,
    /* One statement has one snapshot: the times are those of the statuses. */
    .sql = "SELECT reached, resume, is_many, changed, status_ids, statuses, "
           "ARRAY(SELECT " CCTV_SINCE_SQL " FROM unnest(status_ids) WITH "
           "ORDINALITY AS ids (id, n) LEFT JOIN cameras USING (id) "
           "ORDER BY n) FROM cctv_journal.since($1::text, $2::int4)"
};

const cctv_statement_t *cctv_journal_query(const char *position,
                                           cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_text(params, position);
    cctv_params_add_int(params, CCTV_JOURNAL_IDS_MAX);
    return &since;
}

const cctv_statement_t cctv_journal_query_table = {
    .number = -1,
    .sql = "SELECT EXISTS (SELECT FROM pg_proc p "
           "JOIN pg_namespace n ON n.oid = p.pronamespace "
           "WHERE n.nspname = 'cctv_journal' AND p.proname = 'since' "
           "AND has_schema_privilege(n.oid, 'USAGE') "
           "AND has_function_privilege(p.oid, 'EXECUTE')), "
           "concat_ws(' ', c.oid, c.relfilenode, "
           "pg_stat_get_tuples_inserted(c.oid), "
           "pg_stat_get_tuples_updated(c.oid), "
           "pg_stat_get_tuples_deleted(c.oid), "
           "extract(epoch FROM pg_postmaster_start_time())) "
           "FROM pg_class c WHERE c.oid = to_regclass('cameras')"
};
