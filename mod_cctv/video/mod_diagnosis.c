/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_diagnosis.c
 * @brief Finds out why a camera cannot be shown, remembers it, and tells it.
 * Layer: httpd.
 */
#include "video/mod_diagnosis.h"

#include "core/mod_log.h"
#include "http/mod_reply.h"
#include "janus/stream_url.h"
#include "video/mod_feed.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_part.h"

#include "apr_strings.h"

#include <string.h>

/* The part of CCTVJanusColdTimeout that a question may take. */
#define SHARE 4

/* The shortest back-off if Janus may have sent a login that the camera
 * refuses, because cameras lock accounts: µs. */
#define LOGIN_PAUSE 60000000

/* The fact of CCTV_FAILURE_OTHER_CODEC: the codec that the table says, and the
 * one that the camera sends. */
#define TOLD_SHIFT 8
#define CODEC_MASK 255U

/* Retry-After where there is no back-off: s. */
#define RETRY_AFTER 5

static cctv_failures_t *failures(void)
{
    return &cctv_video_memory()->failures;
}

static void count(cctv_failure_t why)
{
    cctv_count(&cctv_video_memory()->failed[why - 1]);
}

/* ---- Questions ---- */

static cctv_time_t limit_of(cctv_time_t deadline)
{
    cctv_time_t limit = cctv_now()
                        + cctv_video()->settings.cold_timeout / SHARE;

    return limit < deadline ? limit : deadline;
}

void cctv_diagnosis_close(cctv_diagnosis_t *diagnosis)
{
    cctv_describe_close(diagnosis->line);
    diagnosis->line = NULL;
}

bool cctv_diagnosis_begin(cctv_diagnosis_t *diagnosis, const cctv_feed_t *feed,
                          cctv_time_t deadline)
{
    bool may_connect;

    if (!cctv_describe_can(feed)) {
        return true;
    }
    diagnosis->line = cctv_describe_open(feed, feed->codec, limit_of(deadline),
                                         &diagnosis->found);
    diagnosis->failed.why = diagnosis->found.why;
    diagnosis->is_described = diagnosis->found.is_answer;
    may_connect = !diagnosis->is_described
                  || diagnosis->found.why == CCTV_FAILURE_NONE;
    if (!may_connect) {
        cctv_diagnosis_close(diagnosis);
    }
    return may_connect;
}

static cctv_failure_t why_not_asked(const cctv_feed_t *feed)
{
    cctv_stream_url_t url;

    return cctv_stream_url_parse(feed->url, &url)
                   && url.scheme == CCTV_STREAM_RTSPS
               ? CCTV_FAILURE_WANTS_OTHER_TRANSPORT
               : CCTV_FAILURE_UNREACHABLE;
}

void cctv_diagnosis_end(cctv_diagnosis_t *diagnosis, const cctv_feed_t *feed,
                        cctv_time_t deadline)
{
    diagnosis->is_janus_refused = true;
    if (!cctv_describe_can(feed)) {
        diagnosis->failed.why = why_not_asked(feed);
    }
    else if (diagnosis->is_described) {
        cctv_describe_set_up(feed, limit_of(deadline), &diagnosis->found);
        diagnosis->failed.why = diagnosis->found.why;
    }
}

static uint32_t codecs_fact(cctv_codec_t sent, cctv_codec_t told)
{
    return (uint32_t)sent | (uint32_t)told << TOLD_SHIFT;
}

void cctv_diagnosis_set_codec(cctv_diagnosis_t *diagnosis, cctv_codec_t sent,
                              cctv_codec_t told)
{
    cctv_camera_sdp_t *sdp = &diagnosis->found.sdp;

    diagnosis->failed.why = CCTV_FAILURE_OTHER_CODEC;
    diagnosis->failed.fact = codecs_fact(sent, told);
    sdp->codec = sent;
    apr_cpystrn(sdp->codec_name, cctv_format(sent)->rtp,
                sizeof sdp->codec_name);
}

/* ---- Notes ---- */

static void log_change(server_rec *s, int64_t id, cctv_failure_t why,
                       const char *hint)
{
    CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0110", "camera %d%s: %s: %s%s",
               cctv_mountpoint_camera(id),
               cctv_mountpoint_is_second(id) ? ", second stream" : "",
               cctv_failure_words(why)->name,
               cctv_failure_words(why)->sentence, hint);
}

/* What only the administrator is told, after the sentence. */
static const char *hint(request_rec *r, const cctv_feed_t *feed,
                        const cctv_diagnosis_t *diagnosis)
{
    const cctv_description_t *found = &diagnosis->found;
    const char *status = found->status == 0
                             ? ""
                             : apr_psprintf(r->pool, " (RTSP status %d)",
                                            found->status);

    switch (diagnosis->failed.why) {
    case CCTV_FAILURE_LOGIN_REFUSED:
        return apr_pstrcat(r->pool,
                           feed->user == NULL
                               ? " CCTVCameraLoginsFile has no login for it"
                               : " It is not tried again for 10 minutes, "
                                 "unless its address or login changes",
                           status, NULL);
    case CCTV_FAILURE_NO_SUCH_PATH:
        return apr_pstrcat(
            r->pool, found->status < 400 ? " It has moved to another one" : "",
            status, NULL);
    case CCTV_FAILURE_OTHER_CODEC:
        return found->sdp.codec_name[0] == '\0'
                   ? ""
                   : apr_psprintf(r->pool, " It sends %s",
                                  found->sdp.codec_name);
    case CCTV_FAILURE_UNREACHABLE:
        return found->status == 200
                   ? " It answers, but Janus cannot connect to it"
                   : status;
    default:
        return status;
    }
}

/* The fact to remember about a failure. */
static uint32_t fact_of(request_rec *r, const cctv_feed_t *feed,
                        const cctv_diagnosis_t *diagnosis)
{
    switch (diagnosis->failed.why) {
    case CCTV_FAILURE_LOGIN_REFUSED:
        return cctv_feed_hash(r->pool, feed);
    case CCTV_FAILURE_OTHER_CODEC:
        return codecs_fact(diagnosis->found.sdp.codec, feed->codec);
    default:
        return 0;
    }
}

/* Whether Janus may have tried a login in vain. */
static bool is_login_suspect(const cctv_feed_t *feed,
                             const cctv_diagnosis_t *diagnosis)
{
    return feed->user != NULL && diagnosis->is_janus_refused
           && !diagnosis->is_described;
}

void cctv_diagnosis_note(request_rec *r, int64_t id, const cctv_feed_t *feed,
                         cctv_diagnosis_t *diagnosis)
{
    cctv_failed_t *failed = &diagnosis->failed;
    cctv_noted_t noted;

    if (failed->why == CCTV_FAILURE_NONE) {
        failed->why = CCTV_FAILURE_UNREACHABLE;
    }
    failed->fact = fact_of(r, feed, diagnosis);
    failed->wait = is_login_suspect(feed, diagnosis) ? LOGIN_PAUSE : 0;
    noted = cctv_failures_note(failures(), cctv_failures_key_of(id), failed,
                               cctv_now());
    if (noted != CCTV_NOTED_KNOWN) {
        count(failed->why);
    }
    if (noted == CCTV_NOTED_CHANGE) {
        log_change(r->server, id, failed->why, hint(r, feed, diagnosis));
    }
}

void cctv_diagnosis_note_for(server_rec *s, int64_t id, cctv_failure_t why,
                             const char *hint)
{
    cctv_failed_t failed = { .why = why };
    cctv_noted_t noted = cctv_failures_note(
        failures(), cctv_failures_key_of(id), &failed, cctv_now());

    if (noted != CCTV_NOTED_KNOWN) {
        count(why);
    }
    if (noted == CCTV_NOTED_CHANGE) {
        log_change(s, id, why, hint);
    }
}

/* ---- Answers ---- */

static int32_t key_of_viewer(const cctv_viewer_t *viewer)
{
    return cctv_failures_key(viewer->camera, viewer->is_second);
}

static int refuse(request_rec *r, cctv_refused_t refused, const char *type,
                  int64_t seconds, const char *sentence, cctv_failure_t why)
{
    const char *after = apr_psprintf(r->pool, "%" APR_INT64_T_FMT, seconds);

    cctv_admission_count_refused(r, refused);
    return cctv_reply_problem_because(r, HTTP_SERVICE_UNAVAILABLE, type, after,
                                      apr_pstrcat(r->pool, sentence,
                                                  " The next try is in ",
                                                  after, " s.", NULL),
                                      cctv_failure_words(why)->name);
}

static const char *sentence_of(request_rec *r, const cctv_failed_t *failed)
{
    uint32_t sent = failed->fact & CODEC_MASK;
    uint32_t told = failed->fact >> TOLD_SHIFT;

    if (failed->why == CCTV_FAILURE_OTHER_CODEC && sent != CCTV_CODEC_UNKNOWN
        && sent < CCTV_CODEC_COUNT && told < CCTV_CODEC_COUNT) {
        return apr_psprintf(
            r->pool, "The camera sends %s, the table of cameras says %s.",
            cctv_format((cctv_codec_t)sent)->label,
            cctv_format((cctv_codec_t)told)->label);
    }
    return cctv_failure_words(failed->why)->sentence;
}

int cctv_diagnosis_answer(request_rec *r, const cctv_viewer_t *viewer,
                          const cctv_failed_t *failed)
{
    cctv_failed_t told = cctv_failures_find(failures(), key_of_viewer(viewer),
                                            cctv_now());
    int64_t seconds = (told.wait + 999999) / 1000000;

    if (told.wait == 0) {
        told = *failed;
        seconds = RETRY_AFTER;
    }
    if (told.why == CCTV_FAILURE_NONE) {
        told.why = CCTV_FAILURE_UNREACHABLE;
    }
    return refuse(r, CCTV_REFUSED_OFFLINE, CCTV_PROBLEM_OFFLINE, seconds,
                  sentence_of(r, &told), told.why);
}

/* Whether the address or the login is not the refused one any more. */
static bool has_changed(request_rec *r, const cctv_viewer_t *viewer,
                        uint32_t hash)
{
    cctv_feed_t feed = { .url = NULL };

    return hash != 0
           && cctv_feed_read(
                  r, cctv_mountpoint_id(viewer->camera, viewer->is_second),
                  false, &feed)
                  == OK
           && feed.url != NULL && cctv_feed_hash(r->pool, &feed) != hash;
}

bool cctv_diagnosis_is_promising(request_rec *r, const cctv_viewer_t *viewer,
                                 int *result)
{
    int32_t key = key_of_viewer(viewer);
    cctv_failed_t failed = cctv_failures_find(failures(), key, cctv_now());

    if (failed.wait == 0) {
        return true;
    }
    if (failed.why == CCTV_FAILURE_LOGIN_REFUSED
        && has_changed(r, viewer, failed.fact)) {
        cctv_failures_forgive(failures(), key, cctv_now());
        return true;
    }
    *result = cctv_diagnosis_answer(r, viewer, &failed);
    return false;
}

/* ---- Janus ---- */

void cctv_diagnosis_note_candidates(request_rec *r, bool has_any)
{
    uint32_t lacked = atomic_exchange(&cctv_video_memory()->lacks_candidates,
                                      !has_any);

    if (!has_any) {
        count(CCTV_FAILURE_NO_CANDIDATES);
    }
    if (!has_any && !lacked) {
        CCTV_LOG_R(APLOG_WARNING, 0, r, "CCTV0112",
                   "no_candidates: Janus offers no address to send video "
                   "from: are ice_enforce_list, ice_ignore_list and its "
                   "network right (janus.jcfg)?");
    }
}

int cctv_diagnosis_answer_no_candidates(request_rec *r)
{
    return refuse(r, CCTV_REFUSED_VIDEO_DOWN, CCTV_PROBLEM_VIDEO_DOWN,
                  RETRY_AFTER,
                  cctv_failure_words(CCTV_FAILURE_NO_CANDIDATES)->sentence,
                  CCTV_FAILURE_NO_CANDIDATES);
}
