/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_roles.c
 * @brief Ends the views of cameras whose role has changed.
 * Layer: httpd.
 */
#include "views/mod_roles.h"

#include "cameras/mod_source.h"
#include "database/mod_runtime.h"
#include "memory/mod_part.h"
#include "views/mod_part.h"
#include "views/mod_transport.h"
#include "views/views.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The shortest time between two lists of the views: µs. Walks come once a second,
 * so every second walk makes a list. */
#define PAUSE 1500000

/* The most cameras in one query. */
#define BATCH 1000

/* A live view: its camera and the number of its slot. */
typedef struct {
    int32_t camera;
    uint32_t index;
} watched_t;

/* The keyed hash of a camera's role, for views of its video and for those of its
 * still picture; 0: it has none, or there is no such camera. */
typedef struct {
    uint64_t of_video;
    uint64_t of_still;
} role_t;

/* The cameras of one query, in ascending order, and their roles from the
 * database. */
typedef struct {
    int ids[BATCH];
    role_t roles[BATCH];
    int count;
} batch_t;

static server_rec *database;

/* The live views of this process's last list. While `is_ready` is false it
 * belongs to the walk, otherwise to the task. It comes from malloc(), since a
 * pool would keep the memory. */
static struct {
    watched_t *at;
    size_t count;
    size_t room;
    cctv_time_t due;
    atomic_bool is_ready;
} list;

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

/* ---- The visitor ---- */

bool cctv_roles_begin(void *context, cctv_time_t now)
{
    (void)context;
    if (database == NULL || now < list.due
        || atomic_load_explicit(&list.is_ready, memory_order_acquire)) {
        return false;
    }
    list.due = now + PAUSE;
    list.count = 0;
    return true;
}

static bool list_make_room(void)
{
    size_t room = list.room * 2 + 64;
    watched_t *grown;

    if (list.count < list.room) {
        return true;
    }
    grown = realloc(list.at, room * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    list.at = grown;
    list.room = room;
    return true;
}

/* If there is no memory for more views, only those in the list are checked. */
void cctv_roles_visit(void *context, const cctv_view_t *view, cctv_time_t now)
{
    (void)context;
    (void)now;
    if (list_make_room()) {
        list.at[list.count++] = (watched_t){ view->camera, view->index };
    }
}

void cctv_roles_end(void *context, cctv_time_t now)
{
    (void)context;
    (void)now;
    atomic_store_explicit(&list.is_ready, true, memory_order_release);
}

/* ---- The task ---- */

static void note_role(void *context, int id, const char *role,
                      bool is_playable, bool has_still)
{
    batch_t *batch = context;
    const int *at = bsearch(&id, batch->ids, (size_t)batch->count, sizeof id,
                            by_number);

    if (at != NULL) {
        uint64_t hash = cctv_keyed_hash(role, strlen(role));

        batch->roles[at - batch->ids] = (role_t){ is_playable ? hash : 0,
                                                  has_still ? hash : 0 };
    }
}

/* If the view changes meanwhile, it goes on until the next round. */
static void end_if_denied(const watched_t *watched, const role_t *role)
{
    cctv_views_t *shared = cctv_views();
    cctv_view_t view;

    if (cctv_view_table_get(&shared->table, watched->index, &view)
        && view.camera == watched->camera
        && view.role
               != (view.transport == CCTV_TRANSPORT_STILL ? role->of_still
                                                          : role->of_video)) {
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
        end_if_denied(&watched[i], &batch->roles[at]);
    }
    return end;
}

void cctv_roles_check(cctv_time_t now, apr_pool_t *pool)
{
    size_t done = 0;

    (void)now;
    if (!atomic_load_explicit(&list.is_ready, memory_order_acquire)) {
        return;
    }
    if (list.count > 0) {
        qsort(list.at, list.count, sizeof list.at[0], by_camera);
    }
    while (done < list.count) {
        done += check_batch(pool, list.at + done, list.count - done);
    }
    free(list.at);
    list.at = NULL;
    list.room = 0;
    atomic_store_explicit(&list.is_ready, false, memory_order_release);
}

void cctv_roles_configure(server_rec *s)
{
    database = s;
    while (database != NULL && !cctv_database_is_configured(database)) {
        database = database->next;
    }
}
