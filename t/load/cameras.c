/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cameras.c
 * @brief Finds the cameras.
 */
#include "cameras.h"

#include "http.h"

#include <jansson.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 20000
#define API         "/api/cameras"
#define FIRST_PAGE  API "?playable=true&limit=1000"
#define PATH_SIZE   1024

typedef struct {
    json_t *found;
    bool is_answered;
} page_t;

/* Print why this answer is none. */
static void complain(const char *path, const load_reply_t *reply)
{
    if (reply->status == 0) {
        fprintf(stderr, "load: the server does not answer: %s\n", reply->body);
    }
    else if (reply->status == 401 || reply->status == 403) {
        fprintf(stderr,
                "load: the server answers %ld to %s: set CCTV_LOAD_LOGIN to "
                "user:password of somebody who may watch.\n",
                reply->status, path);
    }
    else {
        fprintf(stderr,
                "load: the server answers %ld to %s: is there such a camera, "
                "and is this the address of the site?\n",
                reply->status, path);
    }
}

static void answered(void *context, const load_reply_t *reply)
{
    page_t *page = context;

    page->is_answered = true;
    page->found = reply->status == 200 ? json_loads(reply->body, 0, NULL)
                                       : NULL;
}

static const char *asked_path;

static void noted(void *context, const load_reply_t *reply)
{
    page_t *page = context;

    answered(context, reply);
    if (page->found == NULL) {
        complain(asked_path, reply);
    }
}

/* @return what the server has at this path; NULL: it has printed why not */
static json_t *get(const char *path)
{
    page_t page = { NULL, false };

    asked_path = path;
    load_http_ask(path, NULL, PATIENCE_MS, noted, &page);
    while (!page.is_answered) {
        load_http_run(100);
    }
    return page.found;
}

/* @return whether there is a next page, whose path goes to `path` */
static bool next_page(const json_t *page, char *path, size_t size)
{
    json_t *link;
    size_t i;

    json_array_foreach(json_object_get(page, "links"), i, link)
    {
        const char *rel = json_string_value(json_object_get(link, "rel"));
        const char *href = json_string_value(json_object_get(link, "href"));

        if (rel != NULL && href != NULL && strcmp(rel, "next") == 0
            && href[0] == '?') {
            snprintf(path, size, API "%s", href);
            return true;
        }
    }
    return false;
}

/* @param query  further parameters: "q=bridge&role=traffic", or "" */
static size_t ask_for_all(const char *query, size_t most, int64_t *out)
{
    char path[PATH_SIZE];
    size_t count = 0, i;
    bool has_more = true;

    snprintf(path, sizeof path, FIRST_PAGE "%s%s", *query != '\0' ? "&" : "",
             query);
    while (has_more && count < most) {
        json_t *page = get(path), *camera;

        if (page == NULL) {
            return 0;
        }
        json_array_foreach(json_object_get(page, "features"), i, camera)
        {
            if (count == most) {
                break;
            }
            out[count++] = json_integer_value(json_object_get(camera, "id"));
        }
        has_more = next_page(page, path, sizeof path);
        json_decref(page);
    }
    if (count == 0) {
        fputs("load: the server has no such camera that plays.\n", stderr);
    }
    return count;
}

/* The first one is asked for, since otherwise a wrong address would show only
 * after all viewers have failed. */
static bool is_there(int64_t camera)
{
    char path[64];
    json_t *found;

    snprintf(path, sizeof path, API "/%lld", (long long)camera);
    found = get(path);
    json_decref(found);
    return found != NULL;
}

size_t load_cameras(const char *list, size_t most, int64_t *out)
{
    size_t count = 0;
    char *end;

    if (strcmp(list, "all") == 0) {
        return ask_for_all("", most, out);
    }
    if (strchr(list, '=') != NULL) {
        return ask_for_all(list, most, out);
    }
    for (const char *at = list; count < most; at = end + 1) {
        out[count] = strtoll(at, &end, 10);
        if (end == at || out[count] <= 0 || (*end != ',' && *end != '\0')) {
            fprintf(stderr, "load: no list of cameras: %s\n", list);
            return 0;
        }
        count++;
        if (*end == '\0') {
            break;
        }
    }
    return is_there(out[0]) ? count : 0;
}
