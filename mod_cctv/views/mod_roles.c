/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_roles.c
 * @brief A background task that ends the views of cameras whose role has
 *        changed.
 * Layer: httpd.
 */
#include "views/mod_roles.h"

#include "cameras/mod_source.h"
#include "database/mod_runtime.h"
#include "memory/mod_part.h"
#include "views/mod_part.h"
#include "views/mod_transport.h"
#include "views/views.h"

#include <stdlib.h>
#include <string.h>

/* The most cameras in one query. */
#define BATCH 1000

/* A live view: its camera and the number of its slot. */
typedef struct {
    int32_t camera;
    uint32_t index;
} watched_t;

/* The cameras of one query, in ascending order, and their roles from the
 * database. */
typedef struct {
    int ids[BATCH];
    uint64_t roles[BATCH]; /* keyed hashes; 0: there is no such camera */
    int count;
} batch_t;

static server_rec *database;

static int by_camera(const void *a, const void *b)
{
    const watched_t *one = a;
    const watched_t *other = b;

    return (one->camera > other->camera) - (one->camera < other->camera);
}

static int by_number(const void *a, const void *b)
{
    const int *one = a;
    const int *other = b;

    return (*one > *other) - (*one < *other);
}

/* Collect the live views, sorted by camera. @return the number of views */
static size_t collect_views(watched_t *watched)
{
    const cctv_view_table_t *table = &cctv_views()->table;
    cctv_time_t now = cctv_now();
    cctv_view_t view;
    size_t count = 0;
    uint32_t i;

    for (i = 0; i < table->max; i++) {
        if (cctv_view_table_get(table, i, &view)
            && !cctv_view_is_over(&view, now)) {
            watched[count++] = (watched_t){ view.camera, i };
        }
    }
    qsort(watched, count, sizeof watched[0], by_camera);
    return count;
}

static void note_role(void *context, int id, const char *role)
{
    batch_t *batch = context;
    const int *at = bsearch(&id, batch->ids, (size_t)batch->count, sizeof id,
                            by_number);

    if (at != NULL) {
        batch->roles[at - batch->ids] = cctv_keyed_hash(role, strlen(role));
    }
}

/* If the view changes meanwhile, it goes on until the next round. */
static void end_if_denied(const watched_t *watched, uint64_t role)
{
    cctv_views_t *shared = cctv_views();
    cctv_view_t view;

    if (cctv_view_table_get(&shared->table, watched->index, &view)
        && view.camera == watched->camera && view.role != role) {
        cctv_transport_deny(shared, &view, cctv_moment_now());
    }
}

/* Check the views of up to BATCH cameras. @return the number of these views */
static size_t check_batch(apr_pool_t *pool, const watched_t *watched,
                          size_t count)
{
    batch_t *batch = apr_pcalloc(pool, sizeof *batch);
    size_t end;
    size_t i;
    int at = 0;

    for (end = 0; end < count; end++) {
        if (end > 0 && watched[end].camera == watched[end - 1].camera) {
            continue;
        }
        if (batch->count == BATCH) {
            break;
        }
        batch->ids[batch->count++] = watched[end].camera;
    }
    if (cctv_source_roles(database, pool, batch->ids, batch->count, note_role,
                          batch)
        != OK) {
        /* Without an answer of the database all views go on. */
        return count;
    }
    for (i = 0; i < end; i++) {
        at += watched[i].camera != batch->ids[at];
        end_if_denied(&watched[i], batch->roles[at]);
    }
    return end;
}

void cctv_roles_check(cctv_time_t now, apr_pool_t *pool)
{
    uint32_t max = cctv_views()->table.max;
    watched_t *watched;
    size_t count;
    size_t done;

    (void)now;
    if (database == NULL) {
        return;
    }
    /* The array may be large and comes from malloc(), since a pool would keep
     * the memory. */
    watched = malloc(max * sizeof *watched);
    if (watched == NULL) {
        return;
    }
    count = collect_views(watched);
    for (done = 0; done < count;) {
        done += check_batch(pool, watched + done, count - done);
    }
    free(watched);
}

int cctv_roles_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    database = s;
    while (database != NULL && !cctv_database_is_configured(database)) {
        database = database->next;
    }
    return OK;
}
