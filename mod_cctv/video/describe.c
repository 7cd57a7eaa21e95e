/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file describe.c
 * @brief Asks a camera by RTSP what it sends.
 * Layer: pure.
 */
#include "video/describe.h"

#include "janus/stream_url.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest stream URL of the table, with the control attribute of a track. */
#define URI_SIZE 2304

/* Janus waits as long for a TCP connection: ms. */
#define CONNECT_TIME 2000L

/* Any two ports: nothing is received on them. */
#define TRANSPORT "RTP/AVP/UDP;unicast;client_port=50000-50001"

struct cctv_camera_line {
    CURL *curl;
    cctv_time_t deadline;
    cctv_description_t *out;
    size_t head_len;
    size_t len;
    int answers;   /* to the current question */
    bool has_head; /* all of it came */
    bool is_full;
    bool is_login_sent; /* by this connection */
    bool is_login_refused;
    char body[CCTV_DESCRIBE_MAX];
};

typedef cctv_camera_line_t camera_t;

bool cctv_describe_can(const cctv_feed_t *feed)
{
    cctv_stream_url_t url;

    return cctv_stream_url_parse(feed->url, &url)
           && url.scheme == CCTV_STREAM_RTSP
           && (url.kind == CCTV_STREAM_NAME
               || url.kind == CCTV_STREAM_ADDRESS);
}

/* ---- One answer ---- */

static void note_status(camera_t *camera, const char *line, size_t len)
{
    int status = 0;
    char text[16];

    if (len < 12 || strncmp(line, "RTSP/", 5) != 0) {
        return;
    }
    memcpy(text, line, 12);
    text[12] = '\0';
    if (sscanf(text, "RTSP/%*d.%*d %d", &status) == 1) {
        camera->out->status = status;
        camera->answers++;
        camera->len = 0;
        camera->has_head = false;
        /* After a 401 libcurl asks with the login, and would ask once more if
         * the camera says that the login is "stale". */
        camera->is_login_sent |= camera->answers > 1;
        camera->is_login_refused = camera->is_login_sent && status == 401;
    }
}

static size_t take_head(char *data, size_t one, size_t count, void *camera_)
{
    camera_t *camera = camera_;
    size_t len = one * count;

    note_status(camera, data, len);
    camera->has_head |= len > 0 && data[0] == '\r';
    if (len > CCTV_DESCRIBE_MAX - camera->head_len) {
        return 0;
    }
    camera->head_len += len;
    return camera->is_login_refused ? 0 : len;
}

static size_t take_body(char *data, size_t one, size_t count, void *camera_)
{
    camera_t *camera = camera_;
    size_t len = one * count;
    size_t room = sizeof camera->body - camera->len;

    camera->is_full = len > room;
    memcpy(camera->body + camera->len, data, len < room ? len : room);
    camera->len += len < room ? len : room;
    return camera->is_full ? 0 : len;
}

/* ---- Questions ---- */

static void set_up_camera(camera_t *camera, const cctv_feed_t *feed)
{
    CURL *curl = camera->curl;

    curl_easy_setopt(curl, CURLOPT_URL, feed->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "rtsp");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    /* Ignore the proxy variables of the environment. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* Do not wait for a resolver that is late. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIME);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, camera);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, camera);
    if (feed->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH,
                         (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
        curl_easy_setopt(curl, CURLOPT_USERNAME, feed->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, feed->password);
    }
}

static bool begin(camera_t **camera, const cctv_feed_t *feed,
                  cctv_time_t deadline, cctv_description_t *out)
{
    camera_t *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return false;
    }
    made->curl = curl_easy_init();
    if (made->curl == NULL) {
        free(made);
        return false;
    }
    made->deadline = deadline;
    made->out = out;
    set_up_camera(made, feed);
    *camera = made;
    return true;
}

void cctv_describe_close(cctv_camera_line_t *line)
{
    if (line != NULL) {
        curl_easy_cleanup(line->curl);
        free(line);
    }
}

static cctv_failure_t why_lost(const camera_t *camera, CURLcode code)
{
    long error = 0;

    curl_easy_getinfo(camera->curl, CURLINFO_OS_ERRNO, &error);
    return code == CURLE_COULDNT_CONNECT && error == ECONNREFUSED
               ? CCTV_FAILURE_REFUSED
               : CCTV_FAILURE_UNREACHABLE;
}

/* Ask once, and note the status or the failure.
 * @return whether the camera has answered */
static bool ask(camera_t *camera, long request, const char *uri)
{
    int64_t left = (camera->deadline - cctv_now()) / 1000;
    CURLcode code = CURLE_OPERATION_TIMEDOUT;

    camera->answers = 0;
    camera->len = camera->head_len = 0;
    camera->has_head = false;
    camera->out->status = 0;
    curl_easy_setopt(camera->curl, CURLOPT_RTSP_REQUEST, request);
    curl_easy_setopt(camera->curl, CURLOPT_RTSP_STREAM_URI, uri);
    if (left > 0) {
        curl_easy_setopt(camera->curl, CURLOPT_TIMEOUT_MS, (long)left);
        code = curl_easy_perform(camera->curl);
    }
    camera->out->is_answer = (code == CURLE_OK && camera->has_head)
                             || camera->is_login_refused || camera->is_full;
    if (!camera->out->is_answer) {
        camera->out->status = 0;
        camera->out->why = why_lost(camera, code);
    }
    return camera->out->is_answer;
}

cctv_failure_t cctv_describe_failure(int status)
{
    switch (status) {
    case 401:
    case 403:
    case 407:
        return CCTV_FAILURE_LOGIN_REFUSED;
    case 300:
    case 301:
    case 302:
    case 303:
    case 305:
    case 307:
    case 308:
    case 404:
    case 410:
        return CCTV_FAILURE_NO_SUCH_PATH;
    case 461:
        return CCTV_FAILURE_WANTS_OTHER_TRANSPORT;
    default:
        return CCTV_FAILURE_UNREACHABLE;
    }
}

static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? NULL : strchr(host + 3, '/');
}

static cctv_failure_t judge_sdp(const cctv_camera_sdp_t *sdp,
                                cctv_codec_t codec)
{
    switch (cctv_camera_sdp_compare(sdp, codec)) {
    case CCTV_CAMERA_SENDS_NO_VIDEO:
        /* What was not read may have video. */
        return sdp->is_cut ? CCTV_FAILURE_NONE : CCTV_FAILURE_NO_VIDEO;
    case CCTV_CAMERA_SENDS_NO_SDP:
        return CCTV_FAILURE_NO_VIDEO;
    case CCTV_CAMERA_SENDS_OTHER_CODEC:
        return sdp->codec_name[0] == '\0' ? CCTV_FAILURE_NONE
                                          : CCTV_FAILURE_OTHER_CODEC;
    default:
        return CCTV_FAILURE_NONE;
    }
}

static void judge(camera_t *camera, cctv_codec_t codec)
{
    if (camera->out->status != 200) {
        camera->out->why = cctv_describe_failure(camera->out->status);
        return;
    }
    cctv_camera_sdp_read(camera->body, camera->len, &camera->out->sdp);
    camera->out->sdp.is_cut |= camera->is_full;
    camera->out->why = judge_sdp(&camera->out->sdp, codec);
}

cctv_camera_line_t *cctv_describe_open(const cctv_feed_t *feed,
                                       cctv_codec_t codec,
                                       cctv_time_t deadline,
                                       cctv_description_t *out)
{
    const char *path = path_of(feed->url);
    camera_t *camera;

    *out = (cctv_description_t){ .why = CCTV_FAILURE_NONE };
    if (!begin(&camera, feed, deadline, out)) {
        return NULL;
    }
    if (ask(camera, CURL_RTSPREQ_DESCRIBE, feed->url)) {
        out->is_path_only = out->status == 404 && path != NULL;
        if (!out->is_path_only || ask(camera, CURL_RTSPREQ_DESCRIBE, path)) {
            judge(camera, codec);
        }
    }
    return camera;
}

/* ---- Why Janus could not connect ---- */

/* The address of the video track. An address of another server is not
 * used.
 * @return false: it is not known */
static bool track_of(const cctv_feed_t *feed, const cctv_description_t *out,
                     char *uri)
{
    const char *control = out->sdp.control;
    const char *path = path_of(feed->url);
    size_t len = strcspn(feed->url, "?#");
    int written;

    if (strstr(control, "://") != NULL) {
        size_t origin = path == NULL ? strlen(feed->url)
                                     : (size_t)(path - feed->url);

        written = snprintf(uri, URI_SIZE, "%s", control);
        /* After the origin the path or the query begins, or nothing follows. */
        return strncmp(control, feed->url, origin) == 0
               && strchr("/?", control[origin]) != NULL && written < URI_SIZE;
    }
    if (control[0] == '\0' || strcmp(control, "*") == 0) {
        written = snprintf(uri, URI_SIZE, "%s", feed->url);
    }
    else {
        written = snprintf(uri, URI_SIZE, "%.*s%s%s", (int)len, feed->url,
                           feed->url[len - 1] == '/' ? "" : "/", control);
    }
    return written < URI_SIZE;
}

void cctv_describe_set_up(const cctv_feed_t *feed, cctv_time_t deadline,
                          cctv_description_t *out)
{
    char uri[URI_SIZE];
    camera_t *camera;

    out->why = CCTV_FAILURE_UNREACHABLE;
    if (!track_of(feed, out, uri) || !begin(&camera, feed, deadline, out)) {
        return;
    }
    curl_easy_setopt(camera->curl, CURLOPT_RTSP_TRANSPORT, TRANSPORT);
    if (ask(camera, CURL_RTSPREQ_SETUP, uri)) {
        out->why = cctv_describe_failure(out->status);
        if (out->status == 200) {
            ask(camera, CURL_RTSPREQ_TEARDOWN, feed->url);
            out->status = 200;
            out->why = CCTV_FAILURE_UNREACHABLE;
        }
    }
    cctv_describe_close(camera);
}
