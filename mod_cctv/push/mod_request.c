/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_request.c
 * @brief What a request for changes asks for.
 * Layer: httpd.
 */
#include "push/mod_request.h"

#include "cameras/mod_access.h"
#include "push/mod_push.h"

/* @return false: it is no cursor */
static bool read_after(const char *text, cctv_request_t *out)
{
    out->has_after = text != NULL;
    return text == NULL || cctv_cursor_read(text, &out->after);
}

static void read_last_event(request_rec *r, cctv_request_t *out)
{
    const char *text = apr_table_get(r->headers_in, "Last-Event-ID");

    if (text != NULL && !read_after(text, out)) {
        /* Another version of the module may have written it. No epoch is 0. */
        out->after = (cctv_cursor_t){ 0 };
    }
}

bool cctv_request_parse(request_rec *r, cctv_request_t *out, bool is_stream,
                        const char **why)
{
    const apr_array_header_t *allowed = cctv_access_roles(r);
    const char *after;
    cctv_interest_t *interest;
    cctv_filter_t filter;

    *out = (cctv_request_t){ 0 };
    if (cctv_interest_parse(r->pool, r->args, &after, &filter, why)
        != APR_SUCCESS) {
        return false;
    }
    if (!read_after(after, out)) {
        *why = "after has to be the cursor of an earlier answer.";
        return false;
    }
    if (is_stream) {
        read_last_event(r, out);
    }
    cctv_filter_restrict(r->pool, &filter, allowed);
    out->roles = cctv_interest_hash_roles(cctv_push()->segment, allowed);
    out->interest_size = cctv_interest_size(&filter);
    interest = apr_palloc(r->pool, out->interest_size);
    cctv_interest_init(cctv_push()->segment, &filter, interest);
    out->interest = interest;
    return true;
}
