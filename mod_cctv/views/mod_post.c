/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_post.c
 * @brief Reads the body that all requests about a view have in common: JSON
 *        with the view id.
 * Layer: httpd.
 */
#include "views/mod_post.h"

#include "http/mod_body.h"
#include "http/mod_reply.h"
#include "json/plain.h"
#include "views/mod_node.h"

#include "apr_strings.h"

const char cctv_view_missing[] = "This view has ended or never was: start a "
                                 "new one.";

static int parse_and_answer(request_rec *r, const char *text, size_t len,
                            int (*answer)(request_rec *r, const char *id,
                                          const json_t *body))
{
    const char *id;
    int result;
    json_t *body = cctv_body_parse_json(r, text, len, &result);

    if (body == NULL) {
        return result;
    }
    id = json_string_value(json_object_get(body, "session_id"));
    result = id != NULL ? answer(r, cctv_node_remove(r, id), body)
                        : cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                             "The body has to be "
                                             "{\"session_id\": \"…\"}.");
    json_decref(body);
    return result;
}

int cctv_view_post(request_rec *r, size_t max,
                   int (*answer)(request_rec *r, const char *id,
                                 const json_t *body))
{
    size_t len;
    size_t size;
    int result;
    const char *id;
    const char *text = cctv_body_read_json_text(r, max, &len, &result);

    if (text == NULL) {
        return result;
    }
    return cctv_json_plain_text(text, len, "session_id", &id, &size)
               ? answer(r,
                        cctv_node_remove(r, apr_pstrmemdup(r->pool, id, size)),
                        NULL)
               : parse_and_answer(r, text, len, answer);
}
