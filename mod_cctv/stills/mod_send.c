/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_send.c
 * @brief The answers to a request for a still picture.
 * Layer: httpd.
 */
#include "stills/mod_send.h"

#include "http/etag.h"
#include "http/mod_reply.h"
#include "stills/mod_part.h"

#include "apr_strings.h"
#include "http_protocol.h"
#include "http_request.h"

/* Retry-After where there is no back-off: s. */
#define RETRY_AFTER 1

static const char *seconds_of(request_rec *r, int64_t time)
{
    return apr_psprintf(r->pool, "%" APR_INT64_T_FMT,
                        time < 0 ? 0 : time / 1000000);
}

static void set_fields(request_rec *r, const cctv_still_t *still, int64_t age)
{
    char *tag = apr_palloc(r->pool, CCTV_ETAG_SIZE);

    cctv_etag_number(tag, still->content);
    apr_table_setn(r->headers_out, "ETag", tag);
    apr_table_setn(r->headers_out, "Age",
                   seconds_of(r, cctv_now() - still->fetched));
    apr_table_setn(
        r->headers_out, "Cache-Control",
        apr_pstrcat(r->pool, "private, max-age=", seconds_of(r, age), NULL));
    /* What a camera sends is shown as a picture or not at all. */
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    ap_update_mtime(r, apr_time_from_sec(still->modified));
    ap_set_last_modified(r);
}

bool cctv_send_still(request_rec *r, const cctv_still_t *still, int64_t age,
                     int *result)
{
    char *picture;
    int status;

    set_fields(r, still, age);
    status = ap_meets_conditions(r);
    if (status == HTTP_NOT_MODIFIED) {
        r->status = status;
        *result = OK;
        return true;
    }
    if (status != OK) {
        *result = cctv_reply_problem(r, status,
                                     "The picture is another one than the "
                                     "request names.");
        return true;
    }
    picture = cctv_still_cache_copy(cctv_stills_cache(), still);
    if (picture == NULL) {
        apr_table_unset(r->headers_out, "ETag");
        apr_table_unset(r->headers_out, "Age");
        apr_table_unset(r->headers_out, "Last-Modified");
        return false;
    }
    *result = cctv_reply_changed_page(r, "image/jpeg", picture, still->length);
    return true;
}

static const char *sentence_of(cctv_failure_t why)
{
    switch (why) {
    case CCTV_FAILURE_NO_SUCH_PATH:
        return "The camera has no picture at its address.";
    case CCTV_FAILURE_NO_VIDEO:
        return "The camera sends an empty picture.";
    case CCTV_FAILURE_OTHER_CODEC:
        return "The camera sends something else than a JPEG of at most 4 MiB.";
    case CCTV_FAILURE_STOPPED_SENDING:
        return "The camera is connected, but does not send a whole picture in "
               "time.";
    default:
        return cctv_failure_words(why)->sentence;
    }
}

int cctv_send_failed(request_rec *r, const cctv_failed_t *failed)
{
    cctv_failure_t why = failed->why == CCTV_FAILURE_NONE
                             ? CCTV_FAILURE_UNREACHABLE
                             : failed->why;
    int64_t wait = failed->wait / 1000000 + 1;
    const char *after = apr_psprintf(r->pool, "%" APR_INT64_T_FMT, wait);

    return cctv_reply_problem_because(
        r, HTTP_SERVICE_UNAVAILABLE, CCTV_PROBLEM_OFFLINE, after,
        apr_pstrcat(r->pool, sentence_of(why), " The next try is in ", after,
                    " s.", NULL),
        cctv_failure_words(why)->name);
}

int cctv_send_busy(request_rec *r)
{
    return cctv_reply_problem_of(r, HTTP_SERVICE_UNAVAILABLE,
                                 CCTV_PROBLEM_BUSY, APR_STRINGIFY(RETRY_AFTER),
                                 "The picture has not come yet: ask again in "
                                 "a second.");
}
