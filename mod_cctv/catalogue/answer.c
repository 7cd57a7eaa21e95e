/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.c
 * @brief Writes answers out of a catalogue.
 * Layer: pure.
 */
#include "catalogue/answer.h"

#include "cameras/geojson.h"
#include "json/buffers.h"
#include "metrics/output.h"

#include <math.h>
#include <stdlib.h>

/* Room for what surrounds the features: bytes. It grows for a long address of
 * the next page. */
#define ENDS_SIZE 1024

/* How many cameras ahead a Feature is fetched from memory. */
#define AHEAD 8

/* Bytes of a line of the processor's cache. */
#define LINE 64

/* ,"distance":20015086.80 */
#define DISTANCE_SIZE 32

/* A camera of a list: the slots of the file of changes follow those of the
 * base. */
static const cctv_catalogue_t *file_of(const cctv_catalogue_t *c,
                                       uint32_t *slot)
{
    if (*slot < c->head->count) {
        return c;
    }
    *slot -= c->head->count;
    return c->changes;
}

static const cctv_catalogue_record_t *record_of(const cctv_catalogue_t *c,
                                                uint32_t slot)
{
    c = file_of(c, &slot);
    return &c->records[slot];
}

static uint32_t slot_of(const cctv_catalogue_t *c, int index)
{
    return index < c->count
               ? c->slots[index]
               : c->head->count + c->changes->slots[index - c->count];
}

static void put_slot(cctv_json_t *json, const cctv_catalogue_t *c,
                     uint32_t slot)
{
    char *end;

    c = file_of(c, &slot);
    end = cctv_catalogue_put_slot(c, slot, json->data + json->len, NULL);
    json->len = (size_t)(end - json->data);
}

/* Start a list with room for all its features. */
static void begin(cctv_json_t *json, size_t features)
{
    size_t size = features + ENDS_SIZE;

    *json = (cctv_json_t){ .data = cctv_buffers_take(size), .size = size };
    json->failed = json->data == NULL;
    cctv_geojson_begin(json);
}

static int matched(const cctv_search_t *search)
{
    return search->filter->wants_count ? cctv_search_count(search) : -1;
}

static void finish(const cctv_search_t *search, int count, const char *next,
                   cctv_json_t *json)
{
    cctv_bbox_t extent;

    cctv_geojson_end(json, count, matched(search), search->filter->self, next);
    if (search->filter->wants_extent && cctv_search_extent(search, &extent)) {
        cctv_geojson_extent(json, &extent);
    }
}

/* Neighbours in the order of ids may be far apart in memory. The processor
 * fetches ahead what these loops read. */
static void fetch_record(const cctv_catalogue_t *c, uint32_t slot)
{
    c = file_of(c, &slot);
    __builtin_prefetch(&c->records[slot]);
    __builtin_prefetch((const void *)(uintptr_t)&c->statuses[slot]);
}

static size_t size_of_features(const cctv_catalogue_t *c,
                               const uint32_t *slots, int count)
{
    size_t size = (size_t)count * (CCTV_CATALOGUE_STATUS_SLACK + 1);
    int i;

    for (i = 0; i < count; i++) {
        if (count - i > AHEAD) {
            fetch_record(c, slots[i + AHEAD]);
        }
        size += record_of(c, slots[i])->length;
    }
    return size;
}

/* From two lines on, the processor fetches the rest by itself. What remains is
 * the time in which a core gets so many bytes from memory: 1,800 cameras of a
 * million take 70 ns each here, and 33 ns out of the cache. To read Features in
 * the order of memory and to write them in the order of ids saves no more than
 * sorting them costs; huge pages would save a tenth. */
static void fetch_feature(const cctv_catalogue_t *c, uint32_t slot)
{
    const char *feature;

    c = file_of(c, &slot);
    feature = c->features
              + (size_t)c->records[slot].feature
                    * CCTV_CATALOGUE_FEATURE_ALIGN;
    __builtin_prefetch(feature);
    __builtin_prefetch(feature + LINE);
}

static void put_page(const cctv_catalogue_t *c, const uint32_t *slots,
                     int count, cctv_json_t *json)
{
    int i;

    begin(json, size_of_features(c, slots, count));
    for (i = 0; i < count && !json->failed; i++) {
        if (count - i > AHEAD) {
            fetch_feature(c, slots[i + AHEAD]);
        }
        put_slot(json, c, slots[i]);
        json->data[json->len++] = ',';
    }
    if (count > 0 && !json->failed) {
        json->len--;
    }
}

/* @return from malloc(); NULL: there is no memory */
static uint32_t *slots_of(const cctv_catalogue_t *c, const int *at, int count)
{
    uint32_t *slots = malloc(((size_t)count + 1) * sizeof *slots);
    int i;

    for (i = 0; slots != NULL && i < count; i++) {
        slots[i] = slot_of(c, at[i]);
    }
    return slots;
}

static void list_page(const cctv_search_t *search, cctv_answer_next_t *next,
                      void *context, cctv_json_t *json)
{
    const cctv_catalogue_t *c = search->catalogue;
    const char *address = NULL;
    uint32_t *slots = NULL;
    bool is_cut;
    int *at;
    int count = cctv_search_page(search, &at, &is_cut);

    *json = (cctv_json_t){ .failed = true };
    if (count < 0) {
        return;
    }
    slots = slots_of(c, at, count);
    if (slots != NULL) {
        put_page(c, slots, count, json);
        if (is_cut) {
            address = next(context, cctv_search_rank(search, at[count - 1]),
                           cctv_catalogue_id(c, at[count - 1]));
        }
        finish(search, count, address, json);
    }
    free(slots);
    free(at);
}

/* A Feature ends with "}}": the second one closes it, the first one its
 * properties. The distance is written with two decimals. */
static void put_distance(cctv_json_t *json, double metres)
{
    static const char name[] = ",\"distance\":";
    uint64_t centimetres = (uint64_t)llround(metres * 100);
    char *p = json->data + json->len - 2;

    p = CCTV_JSON_PUT(p, name);
    p = cctv_output_put_number(p, centimetres / 100);
    *p++ = '.';
    memcpy(p, cctv_output_pairs + centimetres % 100 * 2, 2);
    p = CCTV_JSON_PUT(p + 2, "}}");
    json->len = (size_t)(p - json->data);
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
        put_slot(json, c, slot_of(c, at[i].index));
        put_distance(json, at[i].distance);
        json->data[json->len++] = ',';
    }
    if (count > 0 && !json->failed) {
        json->len--;
    }
    finish(search, count, NULL, json);
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
                      const cctv_filter_t *filter, cctv_json_t *json)
{
    cctv_json_init(json, cctv_catalogue_feature_max(catalogue, index));
    if (!json->failed) {
        put_slot(json, catalogue, slot_of(catalogue, index));
        if (filter->self != NULL) {
            cctv_geojson_link(json, filter->self, filter->collection);
        }
    }
}
