/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_threads.c
 * @brief Clients of server-sent events that each hold the thread of their
 *        request: over HTTP/2.
 * Layer: httpd.
 */
#include "push/mod_threads.h"

#include "catalogue/mod_generation.h"
#include "http/mod_reply.h"
#include "push/mod_end.h"
#include "push/mod_push.h"

#include "apr_portable.h"
#include "http_core.h"
#include "http_protocol.h"
#include "util_filter.h"

#include <poll.h>
#include <stdlib.h>

/* How often changes are looked for: µs. */
#define TICK 100000

bool cctv_threads_send(request_rec *r, const cctv_json_t *text)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, alloc);
    apr_status_t rv;

    cctv_reply_append(
        bb, apr_bucket_transient_create(text->data, text->len, alloc));
    cctv_reply_append(bb, apr_bucket_flush_create(alloc));
    rv = ap_pass_brigade(r->output_filters, bb);
    apr_brigade_destroy(bb);
    if (rv != APR_SUCCESS || r->connection->aborted) {
        return false;
    }
    atomic_fetch_add_explicit(&cctv_push()->counters->bytes, text->len,
                              memory_order_relaxed);
    return true;
}

/* Whether the client has closed its connection. With HTTP/2 the connection is
 * not of this thread; httpd says that the stream was closed. */
static bool has_left(const request_rec *r)
{
    struct pollfd fd = { .events = POLLRDHUP };
    apr_socket_t *socket = r->connection->master == NULL
                               ? ap_get_conn_socket(r->connection)
                               : NULL;

    return r->connection->aborted
           || (socket != NULL && apr_os_sock_get(&fd.fd, socket) == APR_SUCCESS
               && poll(&fd, 1, 0) > 0
               && (fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0);
}

/* Make what is due. */
static void make_piece(cctv_follower_t *follower, cctv_batch_t *batch,
                       apr_pool_t *pool, cctv_json_t *out)
{
    cctv_time_t now = cctv_now();

    out->len = 0;
    if (cctv_follower_is_due(cctv_push(), follower, now)) {
        const cctv_catalogue_t *catalogue = cctv_generation_open_which(
            follower->which, pool);

        batch->catalogue = NULL;
        if (catalogue != NULL) {
            cctv_follower_write(cctv_push(), catalogue, follower, batch, now,
                                out);
        }
        apr_pool_clear(pool);
    }
}

/* Tell the client when to return. */
static void send_away(request_rec *r, unsigned delay, cctv_closed_t why,
                      cctv_json_t *out)
{
    out->len = 0;
    cctv_follower_write_retry(delay, out);
    cctv_threads_send(r, out);
    cctv_count(&cctv_push()->counters->closed[why]);
}

static void serve(request_rec *r, cctv_follower_t *follower,
                  cctv_batch_t *batch, apr_pool_t *pool, cctv_time_t until,
                  cctv_json_t *out)
{
    while (!out->failed) {
        if (cctv_end_is_near()) {
            send_away(r,
                      cctv_end_delay(cctv_push_streams(CCTV_CARRIER_THREAD)),
                      CCTV_CLOSED_RELOAD, out);
            return;
        }
        if (until != 0 && cctv_now() >= until) {
            send_away(r, cctv_end_delay(0) / 4, CCTV_CLOSED_ROLES, out);
            return;
        }
        make_piece(follower, batch, pool, out);
        if ((out->len > 0 && !cctv_threads_send(r, out)) || has_left(r)) {
            return;
        }
        apr_sleep(TICK);
    }
}

void cctv_threads_serve(request_rec *r, cctv_follower_t *follower,
                        cctv_time_t until)
{
    cctv_batch_t *batch = malloc(sizeof *batch);
    apr_pool_t *pool;
    cctv_json_t out;

    cctv_json_init(&out, CCTV_FOLLOWER_PIECE / 8);
    if (batch != NULL && !out.failed
        && apr_pool_create(&pool, r->pool) == APR_SUCCESS) {
        serve(r, follower, batch, pool, until, &out);
    }
    cctv_json_free(&out);
    free(batch);
}
