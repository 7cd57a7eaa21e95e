/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file http.c
 * @brief Requests by libcurl.
 */
#include "http.h"

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Connections at a time. The pages of so many viewers would have more, one
 * each; requests beyond it wait. */
#define CONNECTIONS 64L
#define BODY_MAX    (8 << 20)

typedef struct {
    load_done_t done;
    void *context;
    char *json, *body;
    size_t length;
    char why[CURL_ERROR_SIZE];
} request_t;

static CURLM *all;
static struct curl_slist *headers;
static char *base;
static const char *user;
static int open_requests;

static void *need(void *made)
{
    if (made == NULL) {
        fputs("There is no memory for a request.\n", stderr);
        exit(EXIT_FAILURE);
    }
    return made;
}

void load_http_start(const char *server, const char *login)
{
    size_t length = strlen(server);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    all = need(curl_multi_init());
    curl_multi_setopt(all, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS);
    curl_multi_setopt(all, CURLMOPT_MAXCONNECTS, CONNECTIONS);
    headers = need(curl_slist_append(NULL, "Content-Type: application/json"));
    headers = need(curl_slist_append(headers, "Expect:"));
    base = need(strdup(server));
    while (length > 0 && base[length - 1] == '/') {
        base[--length] = '\0';
    }
    user = login;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    request_t *request = context;

    size *= count;
    if (request->length + size > BODY_MAX) {
        return 0;
    }
    request->body = need(realloc(request->body, request->length + size + 1));
    memcpy(request->body + request->length, data, size);
    request->length += size;
    request->body[request->length] = '\0';
    return size;
}

static void set_options(CURL *curl, request_t *request, const char *url,
                        int patience_ms)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)patience_ms);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, request->why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, request);
    if (user != NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERPWD, user);
    }
    if (request->json != NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->json);
    }
}

void load_http_ask(const char *path, const char *json, int patience_ms,
                   load_done_t done, void *context)
{
    request_t *request = need(calloc(1, sizeof *request));
    CURL *curl = need(curl_easy_init());
    size_t size = strlen(base) + strlen(path) + 1;
    char *url = need(malloc(size));

    snprintf(url, size, "%s%s", base, path);
    request->done = done;
    request->context = context;
    request->json = json != NULL ? need(strdup(json)) : NULL;
    set_options(curl, request, url, patience_ms);
    curl_multi_add_handle(all, curl);
    open_requests++;
    free(url);
}

static void end(CURL *curl, CURLcode result)
{
    request_t *request = NULL;
    load_reply_t reply = { 0, 0, "" };
    curl_off_t after = 0;

    curl_easy_getinfo(curl, CURLINFO_PRIVATE, &request);
    if (result == CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
        curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after);
        reply.retry_after = (long)after;
        reply.body = request->body != NULL ? request->body : "";
    }
    else {
        reply.body = request->why[0] != '\0' ? request->why
                                             : curl_easy_strerror(result);
    }
    open_requests--;
    request->done(request->context, &reply);
    curl_multi_remove_handle(all, curl);
    curl_easy_cleanup(curl);
    free(request->body);
    free(request->json);
    free(request);
}

void load_http_run(int wait_ms)
{
    int running, left;
    CURLMsg *message;

    curl_multi_perform(all, &running);
    while ((message = curl_multi_info_read(all, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            end(message->easy_handle, message->data.result);
        }
    }
    curl_multi_poll(all, NULL, 0, wait_ms, NULL);
}

int load_http_open(void)
{
    return open_requests;
}
