/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file transfer.c
 * @brief One transfer of libcurl that fetches a still picture, and how it
 *        failed; private to fetch.c.
 * Layer: pure.
 */
#include "stills/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SIZE ((size_t)64 << 10)

/* The start of each JPEG. */
static const unsigned char magic[] = { 0xff, 0xd8, 0xff };

/* ---- While it runs ---- */

/* libcurl asks for each connection, after the name was resolved. */
static curl_socket_t open_socket(void *fetch_, curlsocktype purpose,
                                 struct curl_sockaddr *peer)
{
    cctv_fetch_t *fetch = fetch_;
    cctv_address_t address;

    if (purpose != CURLSOCKTYPE_IPCXN
        || !cctv_address_of(&peer->addr, &address)
        || !cctv_still_hosts_allow(fetch->hosts, fetch->host, &address)) {
        fetch->is_blocked = true;
        return CURL_SOCKET_BAD;
    }
    return socket(peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
}

static bool has_room(cctv_fetch_t *fetch, size_t length)
{
    size_t size = fetch->size == 0 ? FIRST_SIZE : fetch->size;
    char *grown;

    if (length > CCTV_STILL_MAX - fetch->length) {
        return false;
    }
    while (size < fetch->length + length) {
        size *= 2;
    }
    if (size == fetch->size) {
        return true;
    }
    grown = realloc(fetch->data, size);
    if (grown == NULL) {
        return false;
    }
    fetch->data = grown;
    fetch->size = size;
    return true;
}

static int status_of(const cctv_fetch_t *fetch)
{
    long status = 0;

    curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* Some cameras send no type, or the one of bytes. */
static bool is_type_of_jpeg(const cctv_fetch_t *fetch)
{
    static const char *const types[] = { "image/jpeg", "image/jpg",
                                         "image/pjpeg",
                                         "application/octet-stream" };
    struct curl_header *type;
    size_t length;
    size_t i;

    /* Of the last answer: CURLINFO_CONTENT_TYPE may be that of the answer which
     * asked for the login. */
    if (curl_easy_header(fetch->curl, "Content-Type", 0, CURLH_HEADER, -1,
                         &type)
        != CURLHE_OK) {
        return true;
    }
    length = strcspn(type->value, "; \t");
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strlen(types[i]) == length
            && curl_strnequal(types[i], type->value, length)) {
            return true;
        }
    }
    return false;
}

static bool starts_as_jpeg(const cctv_fetch_t *fetch)
{
    size_t length = fetch->length < sizeof magic ? fetch->length
                                                 : sizeof magic;

    return length == 0 || memcmp(fetch->data, magic, length) == 0;
}

/* @return less than `count`: the transfer ends */
static size_t keep(char *data, size_t one, size_t count, void *fetch_)
{
    cctv_fetch_t *fetch = fetch_;
    size_t length = one * count;

    if (status_of(fetch) != 200 || !is_type_of_jpeg(fetch)
        || !has_room(fetch, length)) {
        return 0;
    }
    memcpy(fetch->data + fetch->length, data, length);
    fetch->length += length;
    return starts_as_jpeg(fetch) ? length : 0;
}

void *cctv_transfer_make(cctv_fetch_t *fetch, int64_t timeout)
{
    CURL *curl = curl_easy_init();

    if (curl == NULL) {
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_PRIVATE, fetch);
    curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* Otherwise the thread waits for a name server that does not answer. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    /* Ignore the proxy variables of the environment. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "mod_cctv");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(timeout / 1000));
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)CCTV_STILL_MAX);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetch);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
    if (fetch->user != NULL) {
        /* With both, the camera is asked first which one it wants. */
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH,
                         CURLAUTH_BASIC | CURLAUTH_DIGEST);
        curl_easy_setopt(curl, CURLOPT_USERNAME, fetch->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, fetch->password);
    }
    return curl;
}

/* ---- What came of it ---- */

static cctv_failure_t fail(cctv_fetch_t *fetch, cctv_failure_t why,
                           const char *hint)
{
    fetch->hint = hint;
    return why;
}

static cctv_failure_t why_of_status(cctv_fetch_t *fetch)
{
    switch (fetch->status) {
    case 401:
    case 403:
        return CCTV_FAILURE_LOGIN_REFUSED;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return fail(fetch, CCTV_FAILURE_NO_SUCH_PATH,
                    " It has moved to another address, which is not "
                    "followed");
    case 404:
    case 410:
        return CCTV_FAILURE_NO_SUCH_PATH;
    default:
        return CCTV_FAILURE_UNREACHABLE;
    }
}

/* Why no answer came. */
static cctv_failure_t why_of_connection(cctv_fetch_t *fetch, int code)
{
    curl_off_t connected = 0;
    long error = 0;

    if (fetch->is_blocked) {
        return fail(fetch, CCTV_FAILURE_UNREACHABLE,
                    " CCTVStillHosts does not allow its address");
    }
    curl_easy_getinfo(fetch->curl, CURLINFO_OS_ERRNO, &error);
    curl_easy_getinfo(fetch->curl, CURLINFO_CONNECT_TIME_T, &connected);
    if (code == CURLE_COULDNT_CONNECT && error == ECONNREFUSED) {
        return CCTV_FAILURE_REFUSED;
    }
    return connected > 0 ? CCTV_FAILURE_STOPPED_SENDING
                         : CCTV_FAILURE_UNREACHABLE;
}

static cctv_failure_t why_of(cctv_fetch_t *fetch, int code)
{
    if (fetch->status == 0) {
        return why_of_connection(fetch, code);
    }
    if (fetch->status != 200) {
        return why_of_status(fetch);
    }
    if (code == CURLE_FILESIZE_EXCEEDED
        || (code == CURLE_WRITE_ERROR && is_type_of_jpeg(fetch)
            && starts_as_jpeg(fetch))) {
        return fail(fetch, CCTV_FAILURE_OTHER_CODEC,
                    " Its picture is larger than 4 MiB");
    }
    if (code == CURLE_WRITE_ERROR) {
        return fail(fetch, CCTV_FAILURE_OTHER_CODEC, " It sends no JPEG");
    }
    if (code != CURLE_OK) {
        return CCTV_FAILURE_STOPPED_SENDING;
    }
    return fetch->length < sizeof magic ? CCTV_FAILURE_NO_VIDEO
                                        : CCTV_FAILURE_NONE;
}

void cctv_transfer_end(cctv_fetch_t *fetch, int code)
{
    fetch->hint = "";
    fetch->status = status_of(fetch);
    fetch->why = why_of(fetch, code);
}
