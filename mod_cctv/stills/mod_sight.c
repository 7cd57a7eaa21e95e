/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sight.c
 * @brief Whether a requester may see the still picture of a camera.
 * Layer: httpd.
 */
#include "stills/mod_sight.h"

#include "cameras/mod_access.h"
#include "cameras/mod_catalogue.h"
#include "cameras/mod_handler.h"
#include "cameras/mod_source.h"
#include "database/mod_runtime.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "stills/mod_part.h"
#include "stills/mod_settings.h"
#include "views/mod_admission.h"

#include "http_main.h"

#include <string.h>

/* For how long the role of a camera is taken from its picture: µs. */
#define ROLE_AGE 5000000

static const char *params_of(const server_rec *s)
{
    const cctv_dbd_t *dbd = cctv_database_dbd(s);

    return dbd == NULL || dbd->params == NULL ? "" : dbd->params;
}

uint64_t cctv_sight_database(const server_rec *s)
{
    const char *params = params_of(s);

    return s == ap_server_conf
                   || strcmp(params, params_of(ap_server_conf)) == 0
               ? 0
               : cctv_keyed_hash(params, strlen(params));
}

static int look_in_catalogue(request_rec *r, const cctv_filter_t *filter,
                             int id)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();

    return catalogue == NULL ? DECLINED
                             : catalogue->look_for_still(r, filter, id);
}

/* A picture has the role that its camera had when it was fetched.
 * @param limit  the most that it may be old: µs
 * @return OK, or DECLINED: the database has to be asked */
static int look_at_picture(request_rec *r, uint64_t database, int id,
                           int64_t limit)
{
    cctv_still_t still;

    return cctv_still_cache_find(cctv_stills_cache(), database, id, &still)
                   && cctv_now() - still.fetched <= limit
                   && cctv_admission_may_see(r, still.role)
               ? OK
               : DECLINED;
}

static int look_in_database(request_rec *r, const cctv_filter_t *filter,
                            int id)
{
    cctv_camera_t camera;
    cctv_page_t page;
    int result = cctv_source_item(r, filter, id, &page);

    if (result != OK) {
        return result;
    }
    result = HTTP_NOT_FOUND;
    if (page.count > 0) {
        cctv_source_camera(&page, 0, &camera);
        result = camera.has_still ? OK : HTTP_NOT_FOUND;
    }
    cctv_source_free(&page);
    return result;
}

/* As long as the database does not answer, the picture has to do. */
static int look(request_rec *r, const cctv_filter_t *filter, uint64_t database,
                int id)
{
    int64_t limit = 2 * cctv_stills_settings(r->server)->age;
    int found = look_in_catalogue(r, filter, id);

    if (found != DECLINED) {
        return found;
    }
    found = look_at_picture(r, database, id,
                            limit < ROLE_AGE ? limit : ROLE_AGE);
    if (found == DECLINED) {
        found = look_in_database(r, filter, id);
    }
    return found == HTTP_SERVICE_UNAVAILABLE
                   && look_at_picture(r, database, id, limit) == OK
               ? OK
               : found;
}

bool cctv_sight_may_see(request_rec *r, uint64_t database, int id, int *result)
{
    cctv_filter_t filter = { .roles = cctv_access_roles(r) };
    int found = HTTP_NOT_FOUND;

    if (filter.roles == NULL || filter.roles->nelts > 0) {
        found = look(r, &filter, database, id);
    }
    if (found == HTTP_NOT_FOUND) {
        *result = cctv_reply_problem(r, HTTP_NOT_FOUND,
                                     "There is no such camera here, or it has "
                                     "no still picture.");
    }
    else if (found != OK) {
        *result = cctv_cameras_no_answer(r, found);
    }
    return found == OK;
}
