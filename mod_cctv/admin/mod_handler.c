/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief The handler of the admin's view: JSON for its page and for scripts.
 * Layer: httpd.
 */
#include "admin/mod_handler.h"

#include "admin/mod_actions.h"
#include "admin/mod_lists.h"
#include "admin/mod_overview.h"
#include "http/mod_cors.h"
#include "http/mod_path.h"
#include "http/mod_reply.h"

#include "http_protocol.h"

#include <string.h>

/* What is below the path of the handler. */
static const struct {
    const char *path;
    int method;
    int (*answer)(request_rec *r);
} resources[] = {
    { "", M_GET, cctv_admin_overview },
    { "views", M_GET, cctv_admin_list_views },
    { "cameras", M_GET, cctv_admin_list_cameras },
    { "users", M_GET, cctv_admin_list_users },
    { "kick", M_POST, cctv_admin_kick },
    { "allow", M_POST, cctv_admin_allow },
    { "drain", M_POST, cctv_admin_drain },
    { "undrain", M_POST, cctv_admin_undrain },
};

#define RESOURCES (sizeof resources / sizeof resources[0])

/* Answers have no fields of CORS: no page of another origin may read them or
 * act, whatever CCTVAllowOrigin says. */
int cctv_admin_handler(request_rec *r)
{
    const char *path = cctv_path_below(r, "cctv-admin");
    size_t i;
    int result;

    for (i = 0; path != NULL && i < RESOURCES; i++) {
        if (strcmp(path, resources[i].path) != 0) {
            continue;
        }
        if (!cctv_reply_allows(r, resources[i].method, &result)
            || (resources[i].method == M_POST
                && !cctv_cors_is_own(r, &result))) {
            return result;
        }
        if (resources[i].method == M_GET) {
            result = ap_discard_request_body(r);
            if (result != OK) {
                return result;
            }
        }
        return resources[i].answer(r);
    }
    return cctv_path_reply_not_found(r);
}
