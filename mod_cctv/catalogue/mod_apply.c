/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_apply.c
 * @brief Reads the cameras that have changed into a file of changes.
 * Layer: httpd.
 */
#include "catalogue/mod_apply.h"

#include "cameras/statements.h"
#include "catalogue/apply.h"
#include "catalogue/files.h"
#include "catalogue/mod_ask.h"

#include "apr_tables.h"
#include "apr_time.h"

#include <errno.h>
#include <stdlib.h>

/* The rows of one query. It has to be answered within CCTVQueryTimeout. */
#define CHUNK 5000

static apr_status_t clear_rows(void *rows)
{
    PQclear(rows);
    return APR_SUCCESS;
}

/* The ids of chunk i. */
static const int *chunk_ids(const cctv_changes_t *changes, int i)
{
    return changes->ids + (ptrdiff_t)i * CHUNK;
}

static int chunk_size(const cctv_changes_t *changes, int i)
{
    int left = changes->count - i * CHUNK;

    return left < CHUNK ? left : CHUNK;
}

/* Read the cameras. @return a PGresult for each chunk, which ends with the
 * pool; NULL: the database does not answer, or the process ends */
static const apr_array_header_t *read_rows(const cctv_changes_t *changes,
                                           const atomic_bool *is_stopped,
                                           apr_pool_t *pool)
{
    apr_array_header_t *rows = apr_array_make(pool, 1, sizeof(PGresult *));
    cctv_params_t params;
    int i;

    for (i = 0; i * CHUNK < changes->count; i++) {
        PGresult *chunk;
        const cctv_statement_t *statement = cctv_statement_cameras(
            pool, chunk_ids(changes, i), chunk_size(changes, i), &params);

        if (atomic_load(is_stopped)
            || cctv_catalogue_ask(changes->place, pool, statement, &params,
                                  &chunk)
                   != OK) {
            return NULL;
        }
        apr_pool_cleanup_register(pool, chunk, clear_rows,
                                  apr_pool_cleanup_null);
        APR_ARRAY_PUSH(rows, PGresult *) = chunk;
    }
    return rows;
}

static bool is_any_different(const cctv_changes_t *changes,
                             const apr_array_header_t *rows)
{
    int i;

    for (i = 0; i < rows->nelts; i++) {
        if (cctv_apply_differences(changes->last, chunk_ids(changes, i),
                                   chunk_size(changes, i),
                                   APR_ARRAY_IDX(rows, i, PGresult *))
            != 0) {
            return true;
        }
    }
    return false;
}

static apr_status_t write_file(const cctv_changes_t *changes,
                               const apr_array_header_t *rows, int fd)
{
    cctv_build_about_t about = { .database = changes->place->database,
                                 .built = apr_time_now(),
                                 .position = changes->position,
                                 .base = changes->last,
                                 .base_number = cctv_catalogue_base_number(
                                     changes->last) };
    cctv_build_t *build = cctv_build_begin(fd);
    cctv_apply_t apply;
    apr_status_t rv;
    int i;

    if (build == NULL) {
        return APR_ENOMEM;
    }
    if (!cctv_apply_begin(&apply, build, changes->last)) {
        cctv_build_abandon(build);
        return APR_ENOMEM;
    }
    for (i = 0; i < rows->nelts; i++) {
        cctv_apply_part(&apply, chunk_ids(changes, i), chunk_size(changes, i),
                        APR_ARRAY_IDX(rows, i, PGresult *));
    }
    cctv_apply_end(&apply);
    about.gone = apply.gone;
    rv = cctv_build_end(build, &about);
    free(apply.gone);
    return rv;
}

apr_status_t cctv_changes_apply(const cctv_changes_t *changes,
                                const atomic_bool *is_stopped,
                                apr_pool_t *pool, int *fd, const char **why)
{
    const apr_array_header_t *rows = read_rows(changes, is_stopped, pool);
    apr_status_t rv;

    *why = NULL;
    *fd = -1;
    if (rows == NULL) {
        return APR_EGENERAL;
    }
    if (!is_any_different(changes, rows)) {
        return APR_SUCCESS;
    }
    *fd = cctv_files_create(changes->place->folder);
    if (*fd < 0) {
        *why = "no file can be made in it";
        return APR_FROM_OS_ERROR(errno);
    }
    rv = write_file(changes, rows, *fd);
    if (rv != APR_SUCCESS) {
        cctv_files_discard(changes->place->folder, *fd);
        *fd = -1;
        *why = rv == APR_EINVAL ? "a camera is not as sql/10-schema.sql has it"
                                : "its file cannot be written";
    }
    return rv;
}
