/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_status.c
 * @brief A task of the keeper: tell the database which cameras are online, and
 *        end the views of cameras whose role has changed.
 * Layer: httpd.
 */
#include "video/keeper_status.h"

#include "cameras/source.h"
#include "views/part.h"
#include "memory/part.h"
#include "views/views.h"

#include <stdlib.h>
#include <string.h>

/* How often the database is asked for roles: µs. */
#define ROLES_AGE 2000000

static void tell_status(cctv_keeper_status_t *status, apr_pool_t *pool)
{
    const char *word;
    int32_t camera = 0;

    while (cctv_keeper_mountpoints_news(status->mountpoints, camera, &camera,
                                        &word)) {
        if (cctv_source_set_status(status->database, pool, camera, word)
            != OK) {
            return;
        }
        cctv_keeper_mountpoints_told(status->mountpoints, camera, word);
    }
}

/* ---- Roles ---- */

/* The watched cameras, and what the database says of each. */
typedef struct {
    int *ids;        /* sorted, each once */
    uint64_t *roles; /* keyed hashes; 0: the camera is gone */
    int count;
} roles_t;

static int by_number(const void *a, const void *b)
{
    const int *one = a;
    const int *other = b;

    return (*one > *other) - (*one < *other);
}

static int roles_find(const roles_t *roles, int camera)
{
    const int *at = roles->count == 0
                        ? NULL
                        : bsearch(&camera, roles->ids, (size_t)roles->count,
                                  sizeof camera, by_number);

    return at == NULL ? -1 : (int)(at - roles->ids);
}

static void roles_note(void *context, int id, const char *role)
{
    roles_t *roles = context;
    int at = roles_find(roles, id);

    if (at >= 0) {
        roles->roles[at] = cctv_keyed_hash(role, strlen(role));
    }
}

static void roles_collect(roles_t *roles, apr_pool_t *pool,
                          const cctv_watched_t *watched)
{
    size_t i;

    roles->count = 0;
    roles->ids = apr_palloc(pool, watched->count * sizeof roles->ids[0]);
    for (i = 0; i < watched->count; i++) {
        if (i == 0 || watched->at[i].camera != watched->at[i - 1].camera) {
            roles->ids[roles->count++] = watched->at[i].camera;
        }
    }
    roles->roles = apr_pcalloc(pool,
                               (size_t)roles->count * sizeof roles->roles[0]);
}

/* Whether a view was started when its camera had another role. */
static bool roles_differ(const roles_t *roles, const cctv_watched_t *watched)
{
    size_t i;

    for (i = 0; i < watched->count; i++) {
        if (roles->roles[roles_find(roles, watched->at[i].camera)]
            != watched->at[i].role) {
            return true;
        }
    }
    return false;
}

/* A viewer who may see the camera in its new role starts again. */
static void roles_end_views(const roles_t *roles)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        int at;

        if (!cctv_sessions_get(&shared->sessions, i, &session)
            || session.way == CCTV_WAY_NONE) {
            continue;
        }
        at = roles_find(roles, session.camera);
        if (at >= 0 && roles->roles[at] != session.role) {
            cctv_view_end(shared, &session, CCTV_ENDED_DENIED,
                          cctv_lifecycle_now());
        }
    }
}

static void check_roles(cctv_keeper_status_t *status, apr_pool_t *pool)
{
    cctv_watched_t watched = { .at = NULL };
    roles_t roles;

    if (cctv_keeper_views_watched(status->views, &watched)
        && watched.count > 0) {
        roles_collect(&roles, pool, &watched);
        if (cctv_source_roles(status->database, pool, roles.ids, roles.count,
                              roles_note, &roles)
                == OK
            && roles_differ(&roles, &watched)) {
            roles_end_views(&roles);
        }
    }
    cctv_watched_free(&watched);
}

void cctv_keeper_status(cctv_keeper_status_t *status, apr_pool_t *pool)
{
    cctv_time_t now = cctv_now();

    tell_status(status, pool);
    if (now >= status->roles_due) {
        status->roles_due = now + ROLES_AGE;
        check_roles(status, pool);
    }
}
