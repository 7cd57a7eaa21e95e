/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_answers.c
 * @brief Answers requests for cameras out of the catalogue.
 * Layer: httpd.
 */
#include "catalogue/mod_answers.h"

#include "cameras/mod_catalogue.h"
#include "cameras/mod_handler.h"
#include "catalogue/answer.h"
#include "catalogue/mod_generation.h"
#include "catalogue/mod_places.h"
#include "catalogue/mod_settings.h"
#include "catalogue/search.h"
#include "catalogue/status.h"
#include "guard/gate.h"
#include "http/etag.h"
#include "http/mod_reply.h"

#include "apr_strings.h"

#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/* So long a search for text waits for others at most: µs. */
#define SEARCH_WAIT INT64_C(3000000)

static cctv_gate_t searches;

static uint64_t mix(uint64_t hash, const char *text)
{
    return text == NULL ? hash + 1
                        : XXH3_64bits_withSeed(text, strlen(text) + 1, hash);
}

/* The version of the statuses starts with the hash of all cameras of a file:
 * another server with the same files has the same tags. */
const char *cctv_catalogue_tag(request_rec *r, const cctv_catalogue_t *c,
                               const cctv_filter_t *filter)
{
    uint64_t hash = cctv_statuses_version(c);
    char *tag = apr_palloc(r->pool, CCTV_ETAG_SIZE);
    int i;

    hash = mix(hash + (uint64_t)filter->limit, r->parsed_uri.path);
    hash = mix(hash, r->args);
    hash = mix(hash, filter->self);
    if (filter->roles == NULL) {
        hash = mix(hash, NULL);
    }
    for (i = 0; filter->roles != NULL && i < filter->roles->nelts; i++) {
        hash = mix(hash, APR_ARRAY_IDX(filter->roles, i, const char *));
    }
    cctv_etag_number(tag, hash);
    return tag;
}

bool cctv_catalogue_enter(request_rec *r, const cctv_filter_t *filter,
                          cctv_time_t *entered, int *result)
{
    *entered = cctv_now();
    if (filter->words == NULL) {
        return true;
    }
    if (!cctv_gate_enter(&searches, *entered + SEARCH_WAIT)) {
        *result = cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                                     "Too many searches for text are running "
                                     "at the moment; try again in a second.");
        return false;
    }
    *entered = cctv_now();
    return true;
}

void cctv_catalogue_leave(const cctv_filter_t *filter, cctv_time_t entered)
{
    if (filter->words != NULL) {
        cctv_gate_leave(&searches, entered);
    }
}

int cctv_catalogue_missing(request_rec *r, const char *what)
{
    if (cctv_catalogue_folder(r->server) == NULL) {
        return cctv_reply_problem(
            r, HTTP_NOT_FOUND,
            apr_pstrcat(r->pool, "There is no catalogue here, so ", what,
                        ": the server's administrator has to set "
                        "CCTVCatalogue.",
                        NULL));
    }
    return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                              "The catalogue is being made; try again in a "
                              "second.");
}

typedef struct {
    request_rec *r;
    const cctv_filter_t *filter;
} question_t;

/* A cctv_answer_next_t. */
static const char *next_page(void *context, int rank, int id)
{
    const question_t *question = context;

    return cctv_cameras_next_href(question->r, question->filter, rank, id);
}

static int list(request_rec *r, const cctv_filter_t *filter)
{
    const cctv_catalogue_t *c = cctv_generation_of(r);
    question_t question = { r, filter };
    cctv_time_t entered;
    cctv_search_t search;
    cctv_json_t json;
    int result;

    if (c == NULL) {
        return DECLINED;
    }
    /* Clients learn from it that they need not load the list again. A list of
     * OGC API - Features, which has its address in it, has no such neighbour. */
    if (filter->self == NULL) {
        apr_table_setn(r->headers_out, "Link", "<changes>; rel=\"monitor\"");
    }
    if (cctv_reply_is_unchanged(r, cctv_catalogue_tag(r, c, filter))) {
        return OK;
    }
    if (!cctv_catalogue_enter(r, filter, &entered, &result)) {
        cctv_generation_close(c, r->pool);
        return result;
    }
    cctv_search_init(r->pool, c, filter, &search);
    cctv_answer_list(&search, next_page, &question, &json);
    cctv_generation_close(c, r->pool);
    cctv_catalogue_leave(filter, entered);
    return cctv_cameras_send(r, &json);
}

/* @return the index of a camera that the filter allows; -1: there is none */
static int find(const cctv_catalogue_t *c, const cctv_filter_t *filter, int id)
{
    int index = cctv_catalogue_find(c, id);

    return index >= 0 && cctv_catalogue_matches(c, index, filter) ? index : -1;
}

static int item(request_rec *r, const cctv_filter_t *filter, int id)
{
    const cctv_catalogue_t *c = cctv_generation_of(r);
    cctv_json_t json;
    int index;

    if (c == NULL) {
        return DECLINED;
    }
    index = find(c, filter, id);
    if (index < 0) {
        return cctv_cameras_not_here(r);
    }
    if (cctv_reply_is_unchanged(r, cctv_catalogue_tag(r, c, filter))) {
        return OK;
    }
    cctv_answer_item(c, index, filter, &json);
    cctv_generation_close(c, r->pool);
    return cctv_cameras_send(r, &json);
}

static int look(request_rec *r, const cctv_filter_t *filter, int id,
                cctv_text_t *role, cctv_streams_t *streams)
{
    const cctv_catalogue_t *c = cctv_generation_of(r);
    int index;

    if (c == NULL) {
        return DECLINED;
    }
    index = find(c, filter, id);
    if (index >= 0) {
        *role = cctv_catalogue_role(c, index);
        role->text = apr_pstrmemdup(r->pool, role->text, role->len);
        *streams = cctv_catalogue_streams(c, index);
    }
    cctv_generation_close(c, r->pool);
    return index >= 0 ? OK : HTTP_NOT_FOUND;
}

static int look_for_still(request_rec *r, const cctv_filter_t *filter, int id)
{
    const cctv_catalogue_t *c = cctv_generation_of(r);
    bool has_still;
    int index;

    if (c == NULL) {
        return DECLINED;
    }
    index = find(c, filter, id);
    has_still = index >= 0 && cctv_catalogue_record(c, index)->has_still;
    cctv_generation_close(c, r->pool);
    return has_still ? OK : HTTP_NOT_FOUND;
}

static int look_for_role(request_rec *r, const char *role)
{
    const cctv_catalogue_t *c = cctv_generation_of(r);
    bool is_there;

    if (c == NULL) {
        return DECLINED;
    }
    is_there = cctv_catalogue_find_role(c, role) >= 0
               || (c->changes != NULL
                   && cctv_catalogue_find_role(c->changes, role) >= 0);
    cctv_generation_close(c, r->pool);
    return is_there ? OK : HTTP_NOT_FOUND;
}

static bool is_configured(const server_rec *s)
{
    return cctv_catalogue_which(s) >= 0;
}

void cctv_catalogue_answer(void)
{
    static const cctv_cameras_catalogue_t catalogue = {
        .is_configured = is_configured,
        .list = list,
        .item = item,
        .look = look,
        .look_for_still = look_for_still,
        .look_for_role = look_for_role
    };

    cctv_cameras_set_catalogue(&catalogue);
}

void cctv_catalogue_answers_child_init(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int most = processors < 1 ? 1 : (int)processors;

    cctv_gate_init(&searches, most, CCTV_GATE_ANY, CCTV_GATE_ANY, SEARCH_WAIT);
}
