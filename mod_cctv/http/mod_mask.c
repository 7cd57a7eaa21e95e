/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_mask.c
 * @brief Hides the ids of WHEP views before anything logs a request.
 * Layer: httpd.
 */
#include "http/mod_mask.h"

#include "http/mod_path.h"
#include "http/segments.h"

#include "config/mod_settings.h"

#include "apr_strings.h"
#include "http_protocol.h"
#include "scoreboard.h"

#include <string.h>

#define STAR "*"

/* Stored in the request configuration of a request whose path is hidden. */
typedef struct {
    const char *path;   /* the path as it was sent, decoded */
    const char *masked; /* the path in r->uri, decoded */
} hidden_t;

static bool mask_is_enabled;

void cctv_mask_enable(bool is_enabled)
{
    mask_is_enabled = is_enabled;
}

static const hidden_t *hidden_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &cctv_module);
}

/* Replace everything that may be an id in a path below a WHEP section by a
 * star.
 * @param path  resolved
 * @return NULL: the path is not below a WHEP section */
static const char *mask_path(request_rec *r, const char *path)
{
    const char *below = cctv_path_below_of(r, path, "cctv-whep");
    size_t camera;

    if (below == NULL) {
        return NULL;
    }
    camera = strspn(below, "0123456789");
    if (below[camera] == '\0') {
        return path;
    }
    return apr_pstrcat(
        r->pool, apr_pstrmemdup(r->pool, path, (apr_size_t)(below - path)),
        below[camera] == '/' ? apr_pstrmemdup(r->pool, below, camera + 1) : "",
        STAR, NULL);
}

/* The query string; a star if it contains the id, too. */
static char *mask_args(request_rec *r, const char *path)
{
    const char *id = strrchr(path, '/');

    if (r->args == NULL || id == NULL || id[1] == '\0') {
        return r->args;
    }
    return strstr(cctv_segments_resolve(r->pool, r->args, false), id + 1)
                   == NULL
               ? r->args
               : apr_pstrdup(r->pool, STAR);
}

static void set_request_line(request_rec *r, const char *uri)
{
    r->unparsed_uri = apr_pstrcat(r->pool, uri, r->args == NULL ? "" : "?",
                                  r->args == NULL ? "" : r->args, NULL);
    r->the_request = apr_pstrcat(r->pool, r->method, " ", r->unparsed_uri,
                                 r->assbackwards ? "" : " ",
                                 r->assbackwards ? "" : r->protocol, NULL);
}

/* Whether a path ends in a slash as it was sent. Such a path names no view. */
static bool ends_in_slash(const char *sent)
{
    size_t len = strlen(sent);

    return (len > 0 && sent[len - 1] == '/')
           || (len > 2 && strcasecmp(sent + len - 3, "%2f") == 0);
}

/* @param goes_on  whether r->uri becomes the masked path, too */
static void hide(request_rec *r, const char *path, const char *masked,
                 bool goes_on)
{
    char *escaped = ap_os_escape_path(r->pool, masked, 1);
    hidden_t *hidden = apr_palloc(r->pool, sizeof *hidden);

    if (goes_on) {
        hidden->path = ends_in_slash(r->uri)
                           ? apr_pstrcat(r->pool, path, "/", NULL)
                           : path;
        hidden->masked = masked;
        ap_set_module_config(r->request_config, &cctv_module, hidden);
    }
    else {
        /* Resolve ".." here, so that r->uri no longer holds the segments with
         * the id. */
        r->uri = ap_os_escape_path(
            r->pool, cctv_segments_resolve(r->pool, r->uri, true), 1);
        if (r->uri[0] != '/') {
            r->uri = apr_pstrdup(r->pool, "/");
        }
    }
    if (goes_on) {
        r->uri = escaped;
    }
    r->parsed_uri.path = r->uri;
    r->args = mask_args(r, path);
    r->parsed_uri.query = r->args;
    set_request_line(r, escaped);
}

/* Replace what may be an id in a path by a star. The path "/whep/42/<id>/.."
 * names another resource but contains the id; then *goes_on is false.
 * @param sent  the path as it was sent
 * @param path  written: the decoded path
 * @return NULL: there is nothing to hide */
static const char *find_masked(request_rec *r, const char *sent,
                               const char **path, bool *goes_on)
{
    const char *masked;

    *goes_on = true;
    *path = cctv_segments_resolve(r->pool, sent, true);
    masked = mask_path(r, *path);
    if (masked == NULL || masked == *path) {
        *goes_on = false;
        *path = cctv_segments_resolve(r->pool, sent, false);
        masked = mask_path(r, *path);
    }
    return masked == *path ? NULL : masked;
}

/* The Referer may contain the path of a view, too. */
static void hide_in_referer(request_rec *r)
{
    const char *referer = apr_table_get(r->headers_in, "Referer");
    const char *start = referer == NULL ? NULL : strstr(referer, "://");
    const char *masked;
    const char *path;
    bool goes_on;

    start = start == NULL ? NULL : strchr(start + 3, '/');
    if (start == NULL) {
        return;
    }
    masked = find_masked(r,
                         apr_pstrmemdup(r->pool, start, strcspn(start, "?#")),
                         &path, &goes_on);
    if (masked != NULL) {
        apr_table_setn(
            r->headers_in, "Referer",
            apr_pstrcat(r->pool,
                        apr_pstrmemdup(r->pool, referer,
                                       (apr_size_t)(start - referer)),
                        masked, NULL));
    }
}

static void hide_in_request(request_rec *r)
{
    const char *masked;
    const char *path;
    bool goes_on;

    if (r->uri == NULL || r->the_request == NULL || hidden_of(r) != NULL) {
        return;
    }
    masked = find_masked(r, r->uri, &path, &goes_on);
    if (masked != NULL) {
        hide(r, path, masked, goes_on);
    }
}

/* Hook post_read_request. */
static int mask_early(request_rec *r)
{
    if (mask_is_enabled) {
        hide_in_request(r);
        hide_in_referer(r);
    }
    return DECLINED;
}

/* Hook log_transaction. If httpd refused a request before it had read all of
 * it, mask_early() did not run. */
static int mask_unread(request_rec *r)
{
    const char *before = r->the_request;

    if (hidden_of(r) == NULL) {
        mask_early(r);
    }
    if (before != r->the_request) {
        ap_update_child_status(r->connection->sbh, SERVER_BUSY_LOG, r);
    }
    return DECLINED;
}

void cctv_mask_register(void)
{
    static const char *const others[] = { "mod_log_forensic.c", NULL };

    ap_hook_post_read_request(mask_early, NULL, others, APR_HOOK_REALLY_FIRST);
    ap_hook_log_transaction(mask_unread, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

const char *cctv_mask_path(const request_rec *r)
{
    const hidden_t *hidden = hidden_of(r);

    return hidden != NULL && strcmp(r->uri, hidden->masked) == 0 ? hidden->path
                                                                 : r->uri;
}

void cctv_mask_late(request_rec *r)
{
    const char *masked;

    if (hidden_of(r) != NULL) {
        return;
    }
    masked = mask_path(r, r->uri);
    if (masked == NULL) {
        masked = "/" STAR;
    }
    r->args = mask_args(r, r->uri);
    r->uri = apr_pstrdup(r->pool, masked);
    r->filename = apr_pstrdup(r->pool, STAR);
    r->path_info = NULL;
    set_request_line(r, masked);
    ap_update_child_status(r->connection->sbh, SERVER_BUSY_WRITE, r);
}
