/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers a GET of the changes of cameras, as JSON at once or as
 *        server-sent events.
 * Layer: httpd.
 */
#include "push/mod_handler.h"

#include "cameras/mod_access.h"
#include "catalogue/mod_answers.h"
#include "catalogue/mod_generation.h"
#include "http/accept.h"
#include "http/mod_reply.h"
#include "push/answer.h"
#include "push/mod_push.h"
#include "push/mod_request.h"
#include "push/mod_stream.h"

#include "http_protocol.h"

#include <stdlib.h>

/* An answer whose cursor is further behind than this has the newest cursor,
 * even if there is nothing else to tell: so the changes that a client is not
 * told need not be read again each time. */
#define BEHIND 4096

static int no_memory(request_rec *r)
{
    return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                              "The server has no memory for this answer at "
                              "the moment.");
}

/* A slow client does not keep the generation.
 * @param json  owned by this function */
static int send_json(request_rec *r, const cctv_request_t *request,
                     cctv_json_t *json)
{
    int result;

    cctv_generation_close(request->catalogue, r->pool);
    if (json->failed) {
        cctv_json_free(json);
        return no_memory(r);
    }
    result = cctv_reply_json_text(r, HTTP_OK, json->data, json->len);
    cctv_json_free(json);
    return result;
}

static int send_nothing(request_rec *r)
{
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    return cctv_reply_empty(r, HTTP_NO_CONTENT);
}

static int send_cursor(request_rec *r, const cctv_request_t *request)
{
    cctv_cursor_t cursor = {
        .epoch = cctv_ring_epoch(&cctv_push()->ring,
                                 request->catalogue->which),
        .number = cctv_batch_start(cctv_push(), request->catalogue,
                                   cctv_now()),
        .roles = request->roles,
    };
    cctv_json_t json;

    cctv_json_init(&json, 64);
    cctv_answer_write_cursor(&cursor, &json);
    return send_json(r, request, &json);
}

static int too_old(request_rec *r)
{
    return cctv_reply_problem(r, HTTP_GONE,
                              "The changes since this cursor are not known, "
                              "or other roles are allowed now: ask without "
                              "after, and load the list of cameras again.");
}

/* Read batches until one has news for the client, or the last one.
 * @return false: the changes cannot be read any more */
static bool find_news(const cctv_request_t *request, cctv_batch_t *batch,
                      bool *are_there)
{
    uint64_t number = request->after.number;

    do {
        if (!cctv_batch_read(cctv_push(), request->catalogue, number, batch)
            || batch->epoch != request->after.epoch) {
            return false;
        }
        number = batch->until;
        *are_there = cctv_answer_is_due(batch, request->interest);
    } while (!*are_there && batch->has_more);
    return true;
}

static int send_changes(request_rec *r, const cctv_request_t *request,
                        cctv_batch_t *batch)
{
    cctv_cursor_t cursor = request->after;
    cctv_json_t json;
    bool are_there;

    if (!find_news(request, batch, &are_there)) {
        return too_old(r);
    }
    if (!are_there && batch->until - cursor.number < BEHIND) {
        return send_nothing(r);
    }
    cursor.number = batch->until;
    cctv_json_init(&json, 512);
    cctv_answer_write(batch, request->interest, &cursor, batch->has_more,
                      &json);
    return send_json(r, request, &json);
}

static int answer(request_rec *r, const cctv_request_t *request)
{
    const cctv_cursor_t *after = &request->after;
    cctv_batch_t *batch;
    int result;

    if (!request->has_after) {
        return send_cursor(r, request);
    }
    if (after->roles != request->roles) {
        return too_old(r);
    }
    if (after->number == cctv_ring_last(&cctv_push()->ring)
        && after->epoch
               == cctv_ring_epoch(&cctv_push()->ring,
                                  request->catalogue->which)) {
        return send_nothing(r);
    }
    batch = malloc(sizeof *batch);
    if (batch == NULL) {
        return no_memory(r);
    }
    result = send_changes(r, request, batch);
    free(batch);
    return result;
}

int cctv_changes_handler(request_rec *r)
{
    bool is_stream = cctv_accept_event_stream(
        apr_table_get(r->headers_in, "Accept"));
    cctv_request_t request;
    const char *why;
    int result = ap_discard_request_body(r);

    if (result != OK) {
        return result;
    }
    apr_table_mergen(r->headers_out, "Vary", "Accept");
    if (!cctv_request_parse(r, &request, is_stream, &why)) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
    }
    request.catalogue = cctv_generation_of(r);
    if (request.catalogue == NULL) {
        return cctv_catalogue_missing(r, "changes are not known");
    }
    cctv_ring_check(&cctv_push()->ring, request.catalogue->which,
                    request.catalogue->number, cctv_now());
    return is_stream ? cctv_stream_handle(r, &request) : answer(r, &request);
}
