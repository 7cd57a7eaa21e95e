/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file handler.c
 * @brief GET of the metrics, for Prometheus.
 * Layer: httpd.
 */
#include "metrics/handler.h"

#include "cameras/source.h"
#include "database/runtime.h"
#include "geoip/lookup.h"
#include "http/accept.h"
#include "http/cors.h"
#include "http/reply.h"
#include "core/log.h"
#include "metrics/exposition.h"
#include "metrics/status.h"
#include "memory/lifecycle.h"
#include "core/version.h"
#include "video/lifecycle.h"

#include "http_protocol.h"
#include "util_filter.h"

#include <stdlib.h>

#define TEXT "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS                                                           \
    "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Few large buckets are what httpd is fast with. */
#define BUFFER_SIZE 65536

/* From malloc(), since what a pool has taken it keeps. Of `live` the system
 * gives no more than what is written to. */
typedef struct {
    char buffer[BUFFER_SIZE];
    uint32_t live[];
} work_t;

typedef struct {
    request_rec *r;
    apr_bucket_brigade *bb;
} stream_t;

/* @return whether the client is still there */
static bool pass(stream_t *stream, const char *data, size_t len,
                 apr_bucket *last)
{
    conn_rec *c = stream->r->connection;
    apr_status_t rv;

    if (len > 0) {
        cctv_reply_append(stream->bb, apr_bucket_transient_create(
                                          data, len, c->bucket_alloc));
    }
    cctv_reply_append(stream->bb, last);
    rv = ap_pass_brigade(stream->r->output_filters, stream->bb);
    apr_brigade_cleanup(stream->bb);
    return rv == APR_SUCCESS && !c->aborted;
}

/* The flush writes the buffer out, or copies what it cannot: then the buffer
 * may be used again. */
static bool pass_full(void *context, const char *data, size_t len)
{
    stream_t *stream = context;

    return pass(stream, data, len,
                apr_bucket_flush_create(stream->r->connection->bucket_alloc));
}

static void write_metrics(stream_t *stream, work_t *work, bool is_openmetrics)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_moment_t now = cctv_lifecycle_now();
    const cctv_exposition_t input = { .shared = shared,
                                      .now = now.time,
                                      .live = work->live,
                                      .is_openmetrics = is_openmetrics,
                                      .has_video = cctv_video() != NULL,
                                      .is_db_up = cctv_status_is_db_up(),
                                      .geoip_built = cctv_geoip_build_time(),
                                      .version = CCTV_VERSION };
    cctv_output_t text;

    cctv_output_init(&text, work->buffer, sizeof work->buffer, pass_full,
                     stream);
    /* The views that are over have ended, whether the watchdog lives or
     * not. */
    cctv_views_sweep(shared, now);
    if (cctv_exposition_write(&text, &input)) {
        pass(stream, text.data, text.len,
             apr_bucket_eos_create(stream->r->connection->bucket_alloc));
    }
}

static int out_of_memory(request_rec *r)
{
    CCTV_LOG_R(APLOG_ERR, APR_ENOMEM, r, "CCTV0042",
               "no memory for the metrics");
    return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                              "The server has no memory for the metrics at "
                              "the moment; try again in a second.");
}

static int send_metrics(request_rec *r)
{
    const char *accept = apr_table_get(r->headers_in, "Accept");
    bool is_openmetrics = cctv_accept_openmetrics(accept);
    stream_t stream = { .r = r };
    work_t *work;

    apr_table_mergen(r->headers_out, "Vary", "Accept");
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    ap_set_content_type(r, is_openmetrics ? OPENMETRICS : TEXT);
    if (r->header_only) {
        return OK;
    }
    work = malloc(sizeof *work
                  + cctv_lifecycle_shared()->sessions.max
                        * sizeof work->live[0]);
    if (work == NULL) {
        return out_of_memory(r);
    }
    if (cctv_database_is_configured(r->server)) {
        cctv_source_count(r);
    }
    stream.bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    write_metrics(&stream, work, is_openmetrics);
    free(work);
    return OK;
}

int cctv_metrics_handler(request_rec *r)
{
    int result;

    cctv_cors_apply(r, M_GET);
    result = ap_discard_request_body(r);
    if (result != OK || !cctv_reply_allows(r, M_GET, &result)) {
        return result;
    }
    return send_metrics(r);
}
