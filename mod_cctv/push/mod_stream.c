/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_stream.c
 * @brief Starts to answer with server-sent events.
 * Layer: httpd.
 */
#include "push/mod_stream.h"

#include "cameras/mod_settings.h"
#include "catalogue/mod_generation.h"
#include "http/mod_reply.h"
#include "push/follower.h"
#include "push/mod_end.h"
#include "push/mod_push.h"
#include "push/mod_sockets.h"
#include "push/mod_threads.h"

#include "http_protocol.h"

#include <unistd.h>

/* A stream whose roles have to be asked again lasts between these: µs. */
#define ROLES_LEAST INT64_C(20000000)
#define ROLES_MOST  29000000

static void set_head(request_rec *r)
{
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    /* nginx would keep events back otherwise. */
    apr_table_setn(r->headers_out, "X-Accel-Buffering", "no");
    apr_table_setn(r->subprocess_env, "no-gzip", "1");
    apr_table_setn(r->subprocess_env, "no-brotli", "1");
    ap_set_content_type(r, "text/event-stream");
}

static int no_place(request_rec *r)
{
    return cctv_reply_problem(
        r, HTTP_SERVICE_UNAVAILABLE,
        "The server has no place for a further client of events; ask for "
        "application/json every 2 s instead.");
}

/* The answer depends on who asks. */
static bool has_to_return(request_rec *r)
{
    return cctv_cameras_settings(r)->roles != NULL || r->user != NULL;
}

static cctv_time_t end_of(request_rec *r, cctv_time_t now)
{
    unsigned range = (unsigned)(ROLES_MOST - ROLES_LEAST);

    return has_to_return(r)
               ? now + ROLES_LEAST + (cctv_time_t)ap_random_pick(0, range)
               : 0;
}

/* @param fd  the copy of the socket; -1: the thread of the request serves it
 * @param text  its first piece
 * @return what the handler returns */
static int start(request_rec *r, const cctv_request_t *request,
                 cctv_follower_t *follower, int fd, const cctv_json_t *text)
{
    cctv_time_t until = end_of(r, cctv_now());

    set_head(r);
    if (fd >= 0) {
        /* Without a length, and not in chunks. */
        r->connection->keepalive = AP_CONN_CLOSE;
    }
    if (!cctv_threads_send(r, text)) {
        if (fd >= 0) {
            close(fd);
            cctv_push_leave(CCTV_CARRIER_SOCKET);
        }
        return DONE;
    }
    if (fd < 0) {
        cctv_threads_serve(r, follower, until);
        return OK;
    }
    if (!cctv_sockets_take(r, fd, follower, request->interest_size, until)) {
        cctv_push_leave(CCTV_CARRIER_SOCKET);
    }
    return DONE;
}

static int with_place(request_rec *r, const cctv_request_t *request, int fd)
{
    cctv_follower_t follower = { .interest = request->interest };
    cctv_json_t text;
    int result;

    cctv_json_init(&text, 256);
    cctv_follower_begin(
        cctv_push(), request->catalogue, &follower, request->roles,
        request->has_after ? &request->after : NULL, cctv_now(), &text);
    cctv_generation_close(request->catalogue, r->pool);
    result = start(r, request, &follower, fd, &text);
    cctv_json_free(&text);
    return result;
}

/* A process that ends sends clients on to the next one. */
static int send_away(request_rec *r)
{
    cctv_json_t text;

    cctv_json_init(&text, 64);
    cctv_follower_write_retry(cctv_end_delay(0), &text);
    set_head(r);
    cctv_threads_send(r, &text);
    cctv_json_free(&text);
    return OK;
}

static int on_socket(request_rec *r, const cctv_request_t *request)
{
    int fd;

    if (!cctv_push_enter(r->server, CCTV_CARRIER_SOCKET)) {
        return no_place(r);
    }
    fd = cctv_sockets_copy(r);
    if (fd < 0) {
        cctv_count(&cctv_push()->counters->unserved[CCTV_UNSERVED_SYSTEM]);
        cctv_push_leave(CCTV_CARRIER_SOCKET);
        return no_place(r);
    }
    return with_place(r, request, fd);
}

static int on_thread(request_rec *r, const cctv_request_t *request)
{
    int result;

    if (!cctv_push_enter(r->server, CCTV_CARRIER_THREAD)) {
        return no_place(r);
    }
    result = with_place(r, request, -1);
    cctv_push_leave(CCTV_CARRIER_THREAD);
    return result;
}

int cctv_stream_handle(request_rec *r, const cctv_request_t *request)
{
    if (r->header_only) {
        set_head(r);
        return OK;
    }
    if (cctv_end_is_near()) {
        return send_away(r);
    }
    return cctv_sockets_can_take(r) ? on_socket(r, request)
                                    : on_thread(r, request);
}
