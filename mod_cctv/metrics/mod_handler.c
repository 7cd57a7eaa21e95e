/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers a GET of the metrics, for Prometheus.
 * Layer: httpd.
 */
#include "metrics/mod_handler.h"

#include "http/accept.h"
#include "http/mod_reply.h"
#include "core/mod_log.h"
#include "core/mod_part.h"
#include "metrics/family.h"
#include "metrics/mod_part.h"
#include "metrics/mod_settings.h"

#include "http_protocol.h"
#include "util_filter.h"

#include <stdlib.h>

#define TEXT "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS                                                           \
    "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* httpd is fastest with few large buckets. */
#define BUFFER_SIZE 65536

typedef struct {
    request_rec *r;
    apr_bucket_brigade *bb;
} stream_t;

/* @return whether the client is still connected */
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

/* Flushing the brigade writes the buffer out, or copies what cannot be written
 * yet. The buffer can then be reused. */
static bool pass_full(void *context, const char *data, size_t len)
{
    stream_t *stream = context;

    return pass(stream, data, len,
                apr_bucket_flush_create(stream->r->connection->bucket_alloc));
}

/* Write all families. The last piece is sent from the buffer together with the
 * end of the answer. */
static void write_parts(stream_t *stream, cctv_scrape_t *scrapes)
{
    cctv_output_t *out = scrapes->out;
    int i;

    for (i = 0; cctv_parts[i] != NULL; i++) {
        if (cctv_parts[i]->families != NULL) {
            cctv_families_write(&scrapes[i], cctv_parts[i]->families);
        }
    }
    cctv_families_end(scrapes);
    if (!out->is_stopped) {
        pass(stream, out->data, out->len,
             apr_bucket_eos_create(stream->r->connection->bucket_alloc));
    }
}

/* @return the number of parts whose scrape has begun; fewer than all if there
 *         is no memory */
static int begin_parts(request_rec *r, cctv_scrape_t *scrapes)
{
    int i;

    for (i = 0; cctv_parts[i] != NULL; i++) {
        if (cctv_parts[i]->scrape_begin != NULL
            && !cctv_parts[i]->scrape_begin(r, &scrapes[i])) {
            break;
        }
    }
    return i;
}

static void end_parts(cctv_scrape_t *scrapes, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        if (cctv_parts[i]->scrape_end != NULL) {
            cctv_parts[i]->scrape_end(&scrapes[i]);
        }
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

/* @return an array with one scrape per part */
static cctv_scrape_t *make_scrapes(request_rec *r, cctv_output_t *out,
                                   bool is_openmetrics)
{
    bool has_created = is_openmetrics
                       && cctv_metrics_settings(r->server)->has_created;
    uint64_t created = has_created ? (uint64_t)cctv_metrics_started() : 0;
    cctv_scrape_t *scrapes;
    int count = 0;
    int i;

    while (cctv_parts[count] != NULL) {
        count++;
    }
    scrapes = apr_pcalloc(r->pool, (size_t)count * sizeof *scrapes);
    for (i = 0; i < count; i++) {
        scrapes[i].out = out;
        scrapes[i].is_openmetrics = is_openmetrics;
        scrapes[i].created = created;
    }
    return scrapes;
}

static int send_metrics(request_rec *r)
{
    const char *accept = apr_table_get(r->headers_in, "Accept");
    bool is_openmetrics = cctv_accept_openmetrics(accept);
    stream_t stream = { .r = r };
    cctv_scrape_t *scrapes;
    cctv_output_t out;
    char *buffer;
    int count;

    apr_table_mergen(r->headers_out, "Vary", "Accept");
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    ap_set_content_type(r, is_openmetrics ? OPENMETRICS : TEXT);
    if (r->header_only) {
        return OK;
    }
    buffer = malloc(BUFFER_SIZE);
    if (buffer == NULL) {
        return out_of_memory(r);
    }
    cctv_output_init(&out, buffer, BUFFER_SIZE, pass_full, &stream);
    scrapes = make_scrapes(r, &out, is_openmetrics);
    count = begin_parts(r, scrapes);
    if (cctv_parts[count] == NULL) {
        stream.bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
        write_parts(&stream, scrapes);
    }
    end_parts(scrapes, count);
    free(buffer);
    return cctv_parts[count] == NULL ? OK : out_of_memory(r);
}

int cctv_metrics_handler(request_rec *r)
{
    int result = ap_discard_request_body(r);

    return result == OK ? send_metrics(r) : result;
}
