/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_path.c
 * @brief The path of a request, and the section that set the handler for it.
 * Layer: httpd.
 */
#include "http/mod_path.h"

#include "http/mod_mask.h"
#include "http/mod_reply.h"
#include "http/segments.h"

#include "apr_fnmatch.h"
#include "apr_strings.h"
#include "http_core.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* How a section matches a path. */
typedef struct {
    /* The rest of the path below the section, without the slash between
     * them. */
    const char *rest;
    /* Whether a slash follows the path that the section names. */
    bool has_slash;
    bool is_regex;
} cover_t;

static bool covers_by_regex(const core_dir_config *section, const char *uri,
                            cover_t *cover)
{
    ap_regmatch_t match[1];
    const char *end;

    if (ap_regexec(section->r, uri, 1, match, 0) != 0) {
        return false;
    }
    end = uri + match[0].rm_eo;
    cover->is_regex = true;
    cover->has_slash = *end == '/';
    cover->rest = end + (*end == '/' ? 1 : 0);
    /* A match that ends inside a segment belongs to another path: "^/metrics"
     * also matches "/metricsx". */
    return *end == '/' || *end == '\0' || (end > uri && end[-1] == '/');
}

static bool covers_by_prefix(const core_dir_config *section, const char *uri,
                             cover_t *cover)
{
    const char *path = section->d;
    size_t len = 0;
    bool ends_in_slash;

    /* Most sections are of other paths, and differ soon. */
    while (path[len] != '\0' && path[len] == uri[len]) {
        len++;
    }
    if (path[len] != '\0') {
        return false;
    }
    ends_in_slash = len > 0 && path[len - 1] == '/';
    len -= ends_in_slash ? 1 : 0;
    if (uri[len] != '/' && (uri[len] != '\0' || ends_in_slash)) {
        return false;
    }
    cover->is_regex = false;
    cover->has_slash = uri[len] == '/' && !ends_in_slash;
    cover->rest = uri + len + (uri[len] == '/' ? 1 : 0);
    return true;
}

static bool covers(const core_dir_config *section, const char *uri,
                   cover_t *cover)
{
    if (section->r != NULL) {
        return covers_by_regex(section, uri, cover);
    }
    if (section->d_is_fnmatch) {
        *cover = (cover_t){ .rest = "", .is_regex = true };
        return apr_fnmatch(section->d, uri, APR_FNM_PATHNAME) == APR_SUCCESS;
    }
    return covers_by_prefix(section, uri, cover);
}

static bool sets_handler(request_rec *r, const core_dir_config *section,
                         const char *handler)
{
    const char *error = NULL;
    const char *name = ap_expr_str_exec(r, section->expr_handler, &error);

    return error == NULL && name != NULL && strcmp(name, handler) == 0;
}

/* Find the section that sets this handler for the path. As in httpd, the last
 * one of several counts. */
static bool find_cover(request_rec *r, const char *uri, const char *handler,
                       cover_t *cover)
{
    const core_server_config *core = ap_get_core_module_config(
        r->server->module_config);
    int i;

    for (i = core->sec_url->nelts - 1; i >= 0; i--) {
        const core_dir_config *section = ap_get_core_module_config(
            APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *));

        if (section->expr_handler != NULL && covers(section, uri, cover)
            && sets_handler(r, section, handler)) {
            return true;
        }
    }
    return false;
}

/* Whether a <Location> sets this handler but its match ends inside a segment:
 * "^/metrics" for "/metricsx". */
static bool is_misspelt(request_rec *r, const char *handler)
{
    const core_server_config *core = ap_get_core_module_config(
        r->server->module_config);
    int i;

    for (i = core->sec_url->nelts - 1; i >= 0; i--) {
        const core_dir_config *section = ap_get_core_module_config(
            APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *));

        if (section->r != NULL && section->expr_handler != NULL
            && sets_handler(r, section, handler)
            && ap_regexec(section->r, r->uri, 0, NULL, 0) == 0) {
            return true;
        }
    }
    return false;
}

bool cctv_path_is_configured(request_rec *r, const char *handler,
                             bool has_resources)
{
    cover_t cover;

    if (!cctv_segments_are_plain(r->uri)) {
        return false;
    }
    if (find_cover(r, r->uri, handler, &cover)) {
        return has_resources || (cover.rest[0] == '\0' && !cover.has_slash);
    }
    if (is_misspelt(r, handler)) {
        return false;
    }
    return has_resources || r->finfo.filetype != APR_REG
           || r->path_info == NULL || r->path_info[0] == '\0';
}

int cctv_path_reply_not_found(request_rec *r)
{
    return cctv_reply_problem(r, HTTP_NOT_FOUND,
                              "There is nothing at this path: leave out what "
                              "does not belong to it.");
}

const char *cctv_path_below_of(request_rec *r, const char *uri,
                               const char *handler)
{
    cover_t cover;

    if (!find_cover(r, uri, handler, &cover)
        || (cover.is_regex && cover.rest[0] == '\0')) {
        return NULL;
    }
    return cover.rest;
}

const char *cctv_path_below(request_rec *r, const char *handler)
{
    return cctv_path_below_of(r, cctv_mask_path(r), handler);
}

const char *cctv_path_base(request_rec *r, const char *below,
                           const char *configured)
{
    const char *address = configured;
    size_t len;

    if (address != NULL) {
        return address;
    }
    address = ap_construct_url(r->pool, ap_escape_uri(r->pool, r->uri), r);
    len = strlen(address) - strlen(below);
    while (address[len - 1] == '/') {
        len--;
    }
    return apr_pstrmemdup(r->pool, address, len);
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
