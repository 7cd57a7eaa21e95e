/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file apply.c
 * @brief Makes files of changes, and new bases.
 * Layer: pure.
 */
#include "catalogue/apply.h"

#include "cameras/geojson.h"
#include "cameras/row.h"
#include "cameras/statements.h"

#include <stdlib.h>
#include <string.h>

/* Whether row *row is of this camera; then *camera is read, and *row goes on. */
static bool take_row(const PGresult *rows, int *row, int id,
                     cctv_camera_t *camera)
{
    if (*row >= PQntuples(rows)
        || atoi(PQgetvalue(rows, *row, CCTV_COLUMN_ID)) != id) {
        return false;
    }
    cctv_row_camera(rows, *row, camera);
    camera->name_folded = cctv_row_name_folded(rows, (*row)++);
    return true;
}

/* ---- Differences ---- */

static bool is_name_same(const cctv_catalogue_t *last, int index,
                         cctv_text_t folded)
{
    size_t length;
    const char *name = cctv_catalogue_name(last, index, &length);

    return folded.text == NULL
           || (length == folded.len && memcmp(name, folded.text, length) == 0);
}

/* @param json, feature  for the Feature of the row and of the catalogue */
static bool is_same(const cctv_catalogue_t *last, int index,
                    const cctv_camera_t *camera, cctv_json_t *json,
                    cctv_json_t *feature)
{
    cctv_streams_t streams = cctv_catalogue_streams(last, index);
    char *end;

    json->len = feature->len = 0;
    cctv_geojson_feature(json, camera);
    if (!cctv_json_reserve(feature, cctv_catalogue_feature_max(last, index))) {
        return false;
    }
    end = cctv_catalogue_put_feature(last, index, feature->data, NULL);
    return json->len == (size_t)(end - feature->data)
           && memcmp(json->data, feature->data, json->len) == 0
           && streams.first == camera->streams.first
           && streams.second == camera->streams.second
           && streams.has_hls == camera->streams.has_hls
           && is_name_same(last, index, camera->name_folded);
}

int cctv_apply_differences(const cctv_catalogue_t *last, const int *ids,
                           int count, const PGresult *rows)
{
    cctv_json_t json, feature;
    int differences = 0;
    int row = 0;
    int i;

    cctv_json_init(&json, 1024);
    cctv_json_init(&feature, 1024);
    for (i = 0; i < count; i++) {
        int index = cctv_catalogue_find(last, ids[i]);
        cctv_camera_t camera;

        if (take_row(rows, &row, ids[i], &camera)) {
            differences += index < 0
                           || !is_same(last, index, &camera, &json, &feature);
        }
        else {
            differences += index >= 0;
        }
    }
    if (json.failed || feature.failed) {
        differences = -1;
    }
    cctv_json_free(&json);
    cctv_json_free(&feature);
    return differences;
}

/* ---- The file of changes ---- */

static void set_gone(uint64_t *gone, const cctv_catalogue_t *base, int index)
{
    uint32_t slot = base->slots[index];

    gone[slot / 64] |= UINT64_C(1) << slot % 64;
}

/* @return from malloc(), with no bit set; NULL: there is no memory */
static uint64_t *make_gone(const cctv_catalogue_t *base)
{
    return calloc(CCTV_CATALOGUE_GONE_WORDS(base->count) + 1,
                  sizeof(uint64_t));
}

bool cctv_apply_begin(cctv_apply_t *apply, cctv_build_t *build,
                      const cctv_catalogue_t *last)
{
    uint64_t *gone = make_gone(last);

    *apply = (cctv_apply_t){ .build = build, .last = last, .gone = gone };
    if (gone != NULL && last->gone != NULL) {
        memcpy(gone, last->gone,
               CCTV_CATALOGUE_GONE_WORDS(last->count) * sizeof *gone);
    }
    return gone != NULL;
}

/* Copy the changes before one of them. */
static void copy_to(cctv_apply_t *apply, int end)
{
    for (; apply->next < end; apply->next++) {
        cctv_build_copy(apply->build, apply->last,
                        apply->last->count + apply->next);
    }
}

/* Leave out what is known of a camera. */
static void drop(cctv_apply_t *apply, int id)
{
    const cctv_catalogue_t *changes = apply->last->changes;
    int index = cctv_catalogue_find_here(apply->last, id);

    if (index >= 0) {
        set_gone(apply->gone, apply->last, index);
    }
    if (changes != NULL) {
        copy_to(apply, cctv_catalogue_after(changes, id - 1));
        if (apply->next < changes->count && changes->ids[apply->next] == id) {
            apply->next++;
        }
    }
}

void cctv_apply_part(cctv_apply_t *apply, const int *ids, int count,
                     const PGresult *rows)
{
    int row = 0;
    int i;

    for (i = 0; i < count; i++) {
        cctv_camera_t camera;

        drop(apply, ids[i]);
        if (take_row(rows, &row, ids[i], &camera)) {
            cctv_build_add(apply->build, &camera);
        }
    }
}

void cctv_apply_end(cctv_apply_t *apply)
{
    const cctv_catalogue_t *changes = apply->last->changes;

    copy_to(apply, changes == NULL ? 0 : changes->count);
}

/* ---- The new base ---- */

void cctv_apply_merge(cctv_build_t *build, const cctv_catalogue_t *last,
                      const atomic_bool *is_stopped)
{
    cctv_catalogue_walk_t walk = { .base = 0 };
    int index;

    while ((index = cctv_catalogue_next(last, &walk)) >= 0
           && !atomic_load_explicit(is_stopped, memory_order_relaxed)) {
        cctv_build_copy(build, last, index);
    }
}

/* Whether the same camera of two catalogues is the same in all, apart from its
 * status. */
static bool is_equal(const cctv_catalogue_t *a, int a_index,
                     const cctv_catalogue_t *b, int b_index)
{
    const cctv_catalogue_record_t *x = cctv_catalogue_record(a, a_index);
    const cctv_catalogue_record_t *y = cctv_catalogue_record(b, b_index);
    cctv_text_t before = cctv_catalogue_feature(a, a_index);
    cctv_text_t now = cctv_catalogue_feature(b, b_index);
    size_t x_tail = cctv_catalogue_behind_status(x);
    size_t y_tail = cctv_catalogue_behind_status(y);
    size_t length;
    const char *name = cctv_catalogue_name(b, b_index, &length);

    return is_name_same(a, a_index, (cctv_text_t){ name, length })
           && x->first == y->first && x->second == y->second
           && x->has_hls == y->has_hls && x->status_at == y->status_at
           && before.len - x_tail == now.len - y_tail
           && memcmp(before.text, now.text, x->status_at) == 0
           && memcmp(before.text + x_tail, now.text + y_tail, now.len - y_tail)
                  == 0;
}

/* Mark the cameras of the base that are not there any more. */
static void note_gone(const cctv_catalogue_t *base,
                      const cctv_catalogue_t *now, uint64_t *gone)
{
    cctv_catalogue_walk_t walk = { .base = 0 };
    int here = 0;
    int index;

    while ((index = cctv_catalogue_next(now, &walk)) >= 0) {
        int id = cctv_catalogue_id(now, index);

        for (; here < base->count && base->ids[here] < id; here++) {
            set_gone(gone, base, here);
        }
        here += here < base->count && base->ids[here] == id;
    }
    for (; here < base->count; here++) {
        set_gone(gone, base, here);
    }
}

void cctv_apply_rebase(cctv_build_t *build, const cctv_catalogue_t *base,
                       const cctv_catalogue_t *now, uint64_t **gone)
{
    int count = now->changes == NULL ? 0 : now->changes->count;
    int i;

    *gone = make_gone(base);
    if (*gone == NULL) {
        return;
    }
    note_gone(base, now, *gone);
    for (i = 0; i < count; i++) {
        int index = cctv_catalogue_find_here(base, now->changes->ids[i]);

        if (index >= 0 && is_equal(base, index, now, now->count + i)) {
            continue;
        }
        if (index >= 0) {
            set_gone(*gone, base, index);
        }
        cctv_build_copy(build, now, now->count + i);
    }
}
