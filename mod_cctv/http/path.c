/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file path.c
 * @brief What stands in the path of a request behind its <Location>.
 * Layer: httpd.
 */
#include "http/path.h"

#include "http_core.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Whether this <Location> covers the request and sets this handler of ours for it. */
static bool is_our_location(request_rec *r, const core_dir_config *section,
                            size_t len, const char *name)
{
    const char *error = NULL;
    const char *handler;

    if (section->expr_handler == NULL || section->r != NULL
        || strncmp(r->uri, section->d, len) != 0
        || (r->uri[len] != '/' && r->uri[len] != '\0')) {
        return false;
    }
    handler = ap_expr_str_exec(r, section->expr_handler, &error);
    return error == NULL && handler != NULL && strcmp(handler, name) == 0;
}

const char *cctv_path_below(request_rec *r, const char *handler)
{
    const core_server_config *core = ap_get_core_module_config(
        r->server->module_config);
    int i;

    for (i = core->sec_url->nelts - 1; i >= 0; i--) {
        const core_dir_config *section = ap_get_core_module_config(
            APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *));
        size_t len = strlen(section->d);

        if (len > 0 && section->d[len - 1] == '/') {
            len--;
        }
        if (is_our_location(r, section, len, handler)) {
            return r->uri[len] == '/' ? r->uri + len + 1 : "";
        }
    }
    return NULL;
}

bool cctv_path_parse_id(const char *text, int *id)
{
    size_t len = strspn(text, "0123456789");
    long long value;

    if (len == 0 || len > 10 || text[len] != '\0' || text[0] == '0') {
        return false;
    }
    value = strtoll(text, NULL, 10);
    *id = (int)value;
    return value <= INT_MAX;
}
