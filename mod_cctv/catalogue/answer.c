/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.c
 * @brief Writes answers out of a catalogue.
 * Layer: pure.
 */
#include "catalogue/answer.h"

#include "cameras/geojson.h"

#include <stdio.h>
#include <stdlib.h>

/* Room for what surrounds the features: bytes. It grows for a long address of
 * the next page. */
#define ENDS_SIZE 1024

/* ,"distance":20015086.80 */
#define DISTANCE_SIZE 32

static void put_feature(cctv_json_t *json, const cctv_catalogue_t *c,
                        int index)
{
    char *end = cctv_catalogue_put_feature(c, index, json->data + json->len,
                                           NULL);

    json->len = (size_t)(end - json->data);
}

/* Start a list with room for all its features. */
static void begin(cctv_json_t *json, size_t features)
{
    cctv_json_init(json, features + ENDS_SIZE);
    cctv_geojson_begin(json);
}

static int matched(const cctv_search_t *search)
{
    return search->filter->wants_count ? cctv_search_count(search) : -1;
}

static void write_page(const cctv_search_t *search, const int *at, int count,
                       const char *next, cctv_json_t *json)
{
    const cctv_catalogue_t *c = search->catalogue;
    size_t size = 0;
    int i;

    for (i = 0; i < count; i++) {
        size += cctv_catalogue_feature_max(c, at[i]) + 1;
    }
    begin(json, size);
    for (i = 0; i < count && !json->failed; i++) {
        put_feature(json, c, at[i]);
        json->data[json->len++] = ',';
    }
    if (count > 0 && !json->failed) {
        json->len--;
    }
    cctv_geojson_end_of(json, count, matched(search), next);
}

static void list_page(const cctv_search_t *search, cctv_answer_next_t *next,
                      void *context, cctv_json_t *json)
{
    bool is_cut;
    int *at;
    int count = cctv_search_page(search, &at, &is_cut);

    if (count < 0) {
        *json = (cctv_json_t){ .failed = true };
        return;
    }
    write_page(search, at, count,
               is_cut ? next(context, cctv_catalogue_id(search->catalogue,
                                                        at[count - 1]))
                      : NULL,
               json);
    free(at);
}

/* A Feature ends with "}}": the second one closes it, the first one its
 * properties. */
static void put_distance(cctv_json_t *json, double metres)
{
    json->len -= 2;
    json->len += (size_t)snprintf(json->data + json->len, DISTANCE_SIZE,
                                  ",\"distance\":%.2f}}", metres);
}

static void list_near(const cctv_search_t *search, cctv_json_t *json)
{
    const cctv_catalogue_t *c = search->catalogue;
    cctv_near_t *at;
    int count = cctv_search_near(search, &at);
    size_t size = 0;
    int i;

    if (count < 0) {
        *json = (cctv_json_t){ .failed = true };
        return;
    }
    for (i = 0; i < count; i++) {
        size += cctv_catalogue_feature_max(c, at[i].index) + DISTANCE_SIZE + 1;
    }
    begin(json, size);
    for (i = 0; i < count && !json->failed; i++) {
        put_feature(json, c, at[i].index);
        put_distance(json, at[i].distance);
        json->data[json->len++] = ',';
    }
    if (count > 0 && !json->failed) {
        json->len--;
    }
    cctv_geojson_end_of(json, count, matched(search), NULL);
    free(at);
}

void cctv_answer_list(const cctv_search_t *search, cctv_answer_next_t *next,
                      void *context, cctv_json_t *json)
{
    if (search->filter->has_near) {
        list_near(search, json);
    }
    else {
        list_page(search, next, context, json);
    }
}

void cctv_answer_item(const cctv_catalogue_t *catalogue, int index,
                      cctv_json_t *json)
{
    cctv_json_init(json, cctv_catalogue_feature_max(catalogue, index));
    if (!json->failed) {
        put_feature(json, catalogue, index);
    }
}
