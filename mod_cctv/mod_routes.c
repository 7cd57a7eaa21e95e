/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_routes.c
 * @brief Finds the part that answers a request by the name of the handler.
 * Layer: httpd.
 */
#include "mod_routes.h"

#include "http/mod_cors.h"
#include "http/mod_path.h"
#include "http/mod_reply.h"
#include "metrics/mod_part.h"
#include "metrics/requests.h"

#include "apr_strings.h"
#include "http_core.h"

#include <string.h>

#define PREFIX "cctv-"

/* @param is_it  returns whether the search stops at this route */
static const cctv_route_t *find_route(bool (*is_it)(const cctv_route_t *route,
                                                    void *context),
                                      void *context, int *number)
{
    const cctv_part_t *const *part;
    const cctv_route_t *route;

    *number = 0;
    for (part = cctv_parts; *part != NULL; part++) {
        for (route = (*part)->routes; route != NULL && route->name != NULL;
             route++) {
            if (is_it(route, context)) {
                return route;
            }
            (*number)++;
        }
    }
    return NULL;
}

typedef struct {
    const char *text;
} name_t;

static bool has_name(const cctv_route_t *route, void *context)
{
    const name_t *name = context;

    return strcmp(route->name, name->text) == 0;
}

static const cctv_route_t *route_of(const char *handler, int *number)
{
    name_t name = { handler + sizeof PREFIX - 1 };

    return strncmp(handler, PREFIX, sizeof PREFIX - 1) == 0
               ? find_route(has_name, &name, number)
               : NULL;
}

const cctv_route_t *cctv_route_find(const char *handler)
{
    int number;

    return route_of(handler, &number);
}

typedef struct {
    apr_pool_t *pool;
    const char *text;
} list_t;

static bool add_name(const cctv_route_t *route, void *context)
{
    list_t *list = context;

    list->text = apr_pstrcat(list->pool, list->text, " " PREFIX, route->name,
                             NULL);
    return false;
}

const char *cctv_route_list(apr_pool_t *pool)
{
    list_t list = { pool, "" };
    int number;

    find_route(add_name, &list, &number);
    return list.text;
}

static bool number_route(const cctv_route_t *route, void *context)
{
    (void)context;
    cctv_requests_add_route(route->name);
    return false;
}

void cctv_routes_number(void)
{
    int number;

    cctv_requests_clear();
    find_route(number_route, NULL, &number);
}

/* The route that the sections of this path name. httpd sets r->handler only
 * when the login is done. */
static const cctv_route_t *configured_route(request_rec *r)
{
    const core_dir_config *section = ap_get_core_module_config(
        r->per_dir_config);
    const char *error = NULL;
    const char *name = section->expr_handler == NULL
                           ? NULL
                           : ap_expr_str_exec(r, section->expr_handler,
                                              &error);

    return error == NULL && name != NULL ? cctv_route_find(name) : NULL;
}

void cctv_routes_allow_error(request_rec *r)
{
    const cctv_route_t *route = configured_route(r);

    if (route != NULL && (route->needs & CCTV_NEEDS_OWN_PAGE) == 0) {
        cctv_cors_apply(r, route->method == M_INVALID ? M_GET : route->method);
    }
}

/* Check a request before its handler is called.
 * @param result  written if the check fails; then the request has been
 *                answered
 * @return whether the handler may be called */
static bool may_handle(request_rec *r, const cctv_route_t *route, int *result)
{
    if (!cctv_path_is_configured(r, r->handler, route->has_resources)) {
        *result = cctv_path_reply_not_found(r);
        return false;
    }
    if (route->method == M_INVALID) {
        return true;
    }
    cctv_cors_apply(r, route->method);
    return cctv_reply_allows(r, route->method, result)
           && (route->method != M_POST || cctv_cors_is_trusted(r, result));
}

/* The status of an answer, derived from what the handler returned. With
 * AP_FILTER_ERROR an input filter refused the body and sent the answer
 * itself. */
static int answered_status(const request_rec *r, int result)
{
    return result == OK || result == DONE || result == AP_FILTER_ERROR
               ? r->status
               : result;
}

int cctv_routes_handle(request_rec *r)
{
    cctv_time_t started;
    const cctv_route_t *route;
    int number;
    int result;

    route = route_of(r->handler, &number);
    if (route == NULL) {
        return DECLINED;
    }
    started = cctv_now();
    if (may_handle(r, route, &result)) {
        result = route->handle(r);
    }
    if (result != SUSPENDED && result != DECLINED) {
        cctv_metrics_observe(number, answered_status(r, result),
                             cctv_now() - started);
    }
    return result;
}
