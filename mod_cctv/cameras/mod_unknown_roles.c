/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_unknown_roles.c
 * @brief Tells the administrator of roles that no camera has.
 * Layer: httpd.
 */
#include "cameras/mod_unknown_roles.h"

#include "cameras/mod_catalogue.h"
#include "core/mod_log.h"
#include "database/mod_visit.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <xxhash.h>

#define SEEN_MAX 64

/* Hashes of the names that this child has seen; 0: free. */
static _Atomic uint64_t seen[SEEN_MAX];

static const cctv_statement_t has_cameras = {
    .number = -1,
    .sql = "SELECT EXISTS (SELECT FROM cameras WHERE role = $1::text)"
};

/* @return whether the name is seen for the first time, and there was room to
 *         remember it */
static bool is_new(const char *name)
{
    uint64_t hash = XXH3_64bits(name, strlen(name)) | 1;
    int i;

    for (i = 0; i < SEEN_MAX; i++) {
        uint64_t found = 0;

        if (atomic_compare_exchange_strong(&seen[i], &found, hash)) {
            return true;
        }
        if (found == hash) {
            return false;
        }
    }
    return false;
}

/* As look_for_role() of the catalogue. */
static int look_in_database(request_rec *r, const char *name)
{
    cctv_params_t params = { .count = 0 };
    cctv_visit_t visit;
    PGresult *rows;
    int status = cctv_database_begin(r, &visit);

    if (status != OK) {
        return status;
    }
    cctv_params_add_text(&params, name);
    status = cctv_database_query(&visit, &has_cameras, &params, &rows);
    cctv_database_end(&visit);
    if (status != OK) {
        return status;
    }
    status = PQgetvalue(rows, 0, 0)[0] == 'f' ? HTTP_NOT_FOUND : OK;
    PQclear(rows);
    return status;
}

static void look(request_rec *r, const char *name)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();
    int status = catalogue == NULL ? DECLINED
                                   : catalogue->look_for_role(r, name);

    if (status == DECLINED) {
        status = look_in_database(r, name);
    }
    if (status == HTTP_NOT_FOUND) {
        CCTV_LOG_R(APLOG_INFO, 0, r, "CCTV0191",
                   "CCTVRoles yields the role \"%s\", which no camera has: "
                   "is it spelt as in the table (column role)?",
                   name);
    }
}

void cctv_unknown_roles_look(request_rec *r, const apr_array_header_t *roles)
{
    int i;

    if (!APLOGrinfo(r)) {
        return;
    }
    for (i = 0; roles != NULL && i < roles->nelts; i++) {
        const char *name = APR_ARRAY_IDX(roles, i, const char *);

        /* The values of an attribute, which are in the list as well. */
        if (strchr(name, ';') == NULL && is_new(name)) {
            look(r, name);
        }
    }
}
