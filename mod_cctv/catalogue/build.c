/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file build.c
 * @brief Makes the file of a catalogue from cameras in the order of their ids.
 * Layer: pure.
 */
#include "catalogue/build.h"

#include "cameras/geojson.h"
#include "catalogue/dictionary.h"
#include "catalogue/hilbert.h"
#include "catalogue/words.h"
#include "http/number.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/* Features are written in pieces of this size: bytes. */
#define PIECE (1 << 20)

struct cctv_build_t {
    int fd;
    const cctv_folds_t *folds;
    apr_status_t failed;
    uint64_t at; /* the size of the file, once `pending` is written */
    cctv_json_t pending;
    XXH3_state_t *sum; /* of all bytes after the head */
    cctv_catalogue_head_t head;
    /* Of each camera. */
    cctv_catalogue_record_t *records;
    int32_t *ids;
    uint32_t count;
    uint32_t size;
    cctv_json_t names;
    cctv_json_t blocks; /* uint64_t: where the names of each block start */
    cctv_dictionary_t roles;
};

static void fail(cctv_build_t *build, apr_status_t why)
{
    if (build->failed == APR_SUCCESS) {
        build->failed = why;
    }
}

cctv_build_t *cctv_build_begin(int fd, const cctv_folds_t *folds)
{
    cctv_build_t *build = calloc(1, sizeof *build);

    if (build == NULL) {
        return NULL;
    }
    build->fd = fd;
    build->folds = folds;
    build->sum = XXH3_createState();
    cctv_json_init(&build->pending, PIECE + PIECE / 4);
    cctv_json_init(&build->names, PIECE);
    cctv_json_init(&build->blocks, 4096);
    if (build->sum == NULL) {
        fail(build, ENOMEM);
        return build;
    }
    XXH3_64bits_reset(build->sum);
    build->at = sizeof build->head;
    if (lseek(fd, (off_t)build->at, SEEK_SET) < 0) {
        fail(build, errno);
    }
    return build;
}

void cctv_build_abandon(cctv_build_t *build)
{
    XXH3_freeState(build->sum);
    cctv_json_free(&build->pending);
    cctv_json_free(&build->names);
    cctv_json_free(&build->blocks);
    cctv_dictionary_free(&build->roles);
    free(build->records);
    free(build->ids);
    free(build);
}

uint32_t cctv_build_count(const cctv_build_t *build)
{
    return build->count;
}

/* ---- Writing ---- */

static void write_all(cctv_build_t *build, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0 && build->failed == APR_SUCCESS) {
        ssize_t n = write(build->fd, at, size);

        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
        else if (n == 0 || errno != EINTR) {
            fail(build, n == 0 ? ENOSPC : errno);
        }
    }
}

static void write_body(cctv_build_t *build, const void *data, size_t size)
{
    if (build->failed == APR_SUCCESS) {
        XXH3_64bits_update(build->sum, data, size);
        write_all(build, data, size);
    }
}

static void flush(cctv_build_t *build)
{
    if (build->pending.failed) {
        fail(build, ENOMEM);
    }
    write_body(build, build->pending.data, build->pending.len);
    build->pending.len = 0;
}

static void pad(cctv_build_t *build, size_t multiple)
{
    static const char zeros[64];
    size_t n = (multiple - build->at % multiple) % multiple;

    cctv_json_raw(&build->pending, zeros, n);
    build->at += n;
}

static void write_section(cctv_build_t *build, int id, const void *data,
                          size_t size)
{
    pad(build, 64);
    flush(build);
    build->head.sections[id] = (cctv_catalogue_section_t){ build->at, size };
    write_body(build, data, size);
    build->at += size;
}

/* ---- One camera ---- */

/* Make room for one more camera. */
static bool reserve(cctv_build_t *build)
{
    uint32_t size = build->size == 0 ? 1024 : build->size * 2;
    void *records, *ids;

    if (build->count < build->size) {
        return true;
    }
    records = realloc(build->records, size * sizeof *build->records);
    build->records = records == NULL ? build->records : records;
    ids = realloc(build->ids, size * sizeof *build->ids);
    build->ids = ids == NULL ? build->ids : ids;
    if (records == NULL || ids == NULL || build->count == INT_MAX) {
        fail(build, ENOMEM);
        return false;
    }
    build->size = size;
    return true;
}

/* Note a camera whose Feature has just been appended. Its name has to follow. */
static void note(cctv_build_t *build, int id,
                 const cctv_catalogue_record_t *record)
{
    if (build->count % CCTV_CATALOGUE_NAME_BLOCK == 0) {
        uint64_t at = build->names.len;

        cctv_json_raw(&build->blocks, (const char *)&at, sizeof at);
    }
    build->records[build->count] = *record;
    build->ids[build->count++] = id;
    build->at += record->length;
    pad(build, CCTV_CATALOGUE_FEATURE_ALIGN);
    if (build->pending.len >= PIECE) {
        flush(build);
    }
}

/* Whether a camera can be added; if so, *at is the place of its Feature. */
static bool begin(cctv_build_t *build, int id, uint32_t *at)
{
    uint64_t place = (build->at - sizeof build->head)
                     / CCTV_CATALOGUE_FEATURE_ALIGN;

    if (build->failed != APR_SUCCESS || !reserve(build)) {
        return false;
    }
    if (id <= (build->count == 0 ? 0 : build->ids[build->count - 1])
        || place > UINT32_MAX) {
        fail(build, APR_EINVAL);
        return false;
    }
    *at = (uint32_t)place;
    return true;
}

static void add_name(cctv_build_t *build, cctv_text_t name)
{
    cctv_json_t *names = &build->names;

    if (cctv_json_reserve(names, CCTV_FOLDED_MAX(name.len) + 1)) {
        char *end = cctv_folds_put(build->folds, name.text, name.len,
                                   names->data + names->len);

        *end++ = '\0';
        names->len = (size_t)(end - names->data);
    }
}

static bool find_status(cctv_text_t status, uint8_t *out)
{
    uint8_t i;

    for (i = 0; i < CCTV_CAMERA_STATUS_COUNT; i++) {
        const char *label = cctv_camera_status_labels[i];

        if (strlen(label) == status.len
            && memcmp(label, status.text, status.len) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* Quotes in texts are escaped, so the first member of this name is the right
 * one. */
static bool find_status_member(const char *feature, size_t length,
                               uint16_t *at)
{
    static const char member[] = ",\"status\":";
    const char *found = memmem(feature, length, member, sizeof member - 1);

    if (found == NULL) {
        return false;
    }
    *at = (uint16_t)(found - feature + (ptrdiff_t)sizeof member - 1);
    return true;
}

static bool fill_record(cctv_build_t *build, const cctv_camera_t *camera,
                        cctv_catalogue_record_t *record)
{
    if (!cctv_number_parse_double(camera->lng.text, camera->lng.len,
                                  &record->lng)
        || !cctv_number_parse_double(camera->lat.text, camera->lat.len,
                                     &record->lat)
        || fabs(record->lng) > 180 || fabs(record->lat) > 90
        || !find_status(camera->status, &record->status)) {
        fail(build, APR_EINVAL);
        return false;
    }
    if (!cctv_dictionary_add(&build->roles, camera->role, &record->role)) {
        fail(build, ENOMEM);
        return false;
    }
    record->first = (uint8_t)camera->streams.first;
    record->second = (uint8_t)camera->streams.second;
    return true;
}

void cctv_build_add(cctv_build_t *build, const cctv_camera_t *camera)
{
    cctv_catalogue_record_t record = { .spare = 0 };
    size_t before = build->pending.len;
    int id = atoi(camera->id.text);
    size_t length;

    if (!begin(build, id, &record.feature)
        || !fill_record(build, camera, &record)) {
        return;
    }
    cctv_geojson_feature(&build->pending, camera);
    length = build->pending.len - before;
    if (build->pending.failed) {
        fail(build, ENOMEM);
        return;
    }
    if (length > UINT16_MAX
        || !find_status_member(build->pending.data + before, length,
                               &record.status_at)) {
        fail(build, APR_EINVAL);
        return;
    }
    record.length = (uint16_t)length;
    note(build, id, &record);
    add_name(build, camera->name);
}

void cctv_build_copy(cctv_build_t *build, const cctv_catalogue_t *from,
                     int index)
{
    cctv_catalogue_record_t record = from->records[index];
    size_t length;
    const char *name = cctv_catalogue_name(from, index, &length);
    char *start, *end;

    if (!begin(build, from->ids[index], &record.feature)) {
        return;
    }
    if (!cctv_json_reserve(&build->pending,
                           cctv_catalogue_feature_max(from, index))
        || !cctv_dictionary_add(
            &build->roles, cctv_catalogue_role(from, index), &record.role)) {
        fail(build, ENOMEM);
        return;
    }
    /* A status may change at any time: the Feature tells which one it got. */
    start = build->pending.data + build->pending.len;
    end = cctv_catalogue_put_feature(from, index, start, &record.status);
    record.length = (uint16_t)(end - start);
    build->pending.len += record.length;
    note(build, from->ids[index], &record);
    cctv_json_raw(&build->names, name, length + 1);
}

/* ---- The rest of the file ---- */

static void renumber_roles(cctv_build_t *build)
{
    uint32_t *numbers = cctv_dictionary_sort(&build->roles);
    uint32_t i;

    if (numbers == NULL) {
        fail(build, ENOMEM);
        return;
    }
    for (i = 0; i < build->count; i++) {
        build->records[i].role = numbers[build->records[i].role];
    }
    free(numbers);
}

static void write_cameras(cctv_build_t *build)
{
    pad(build, 64);
    flush(build);
    build->head.sections[CCTV_SECTION_FEATURES] = (cctv_catalogue_section_t){
        sizeof build->head, build->at - sizeof build->head
    };
    if (build->names.failed || build->blocks.failed) {
        fail(build, ENOMEM);
    }
    write_section(build, CCTV_SECTION_NAMES, build->names.data,
                  build->names.len);
    write_section(build, CCTV_SECTION_RECORDS, build->records,
                  build->count * sizeof *build->records);
    write_section(build, CCTV_SECTION_IDS, build->ids,
                  build->count * sizeof *build->ids);
    write_section(build, CCTV_SECTION_NAME_BLOCKS, build->blocks.data,
                  build->blocks.len);
}

static void write_tree(cctv_build_t *build)
{
    cctv_catalogue_t c = { .head = &build->head, .records = build->records };
    uint32_t count = build->count;
    uint32_t *order = malloc((count + 1) * sizeof *order);
    uint32_t *slots = malloc((count + 1) * sizeof *slots);
    cctv_catalogue_node_t *nodes;
    uint32_t i;

    cctv_catalogue_plan_levels(&c, count);
    nodes = calloc(c.node_count + 1, sizeof *nodes);
    if (order == NULL || slots == NULL || nodes == NULL
        || !cctv_hilbert_order(build->records, count, order)) {
        fail(build, ENOMEM);
    }
    else {
        c.order = order;
        for (i = 0; i < count; i++) {
            slots[order[i]] = i;
        }
        cctv_tree_build(&c, nodes);
        write_section(build, CCTV_SECTION_ORDER, order, count * sizeof *order);
        write_section(build, CCTV_SECTION_SLOTS, slots, count * sizeof *slots);
        write_section(build, CCTV_SECTION_NODES, nodes,
                      c.node_count * sizeof *nodes);
    }
    free(order);
    free(slots);
    free(nodes);
}

static void write_words(cctv_build_t *build)
{
    const cctv_dictionary_t *roles = &build->roles;

    write_section(build, CCTV_SECTION_ROLES, roles->names.data,
                  roles->names.len);
    write_section(build, CCTV_SECTION_ROLE_ENDS, roles->ends,
                  roles->count * sizeof *roles->ends);
    write_section(build, CCTV_SECTION_FOLDS, build->folds->folds,
                  build->folds->count * sizeof *build->folds->folds);
    build->head.roles = roles->count;
    build->head.folds = build->folds->count;
}

static void write_head(cctv_build_t *build, const cctv_build_about_t *about)
{
    cctv_catalogue_head_t *head = &build->head;

    head->magic = CCTV_CATALOGUE_MAGIC;
    head->layout = CCTV_CATALOGUE_LAYOUT;
    head->size = build->at;
    head->database = about->database;
    head->built = about->built;
    if (strlen(about->position) >= sizeof head->position) {
        fail(build, APR_EINVAL);
        return;
    }
    strcpy(head->position, about->position);
    head->checksum = cctv_catalogue_checksum(head,
                                             XXH3_64bits_digest(build->sum));
    if (lseek(build->fd, 0, SEEK_SET) < 0) {
        fail(build, errno);
    }
    write_all(build, head, sizeof *head);
}

apr_status_t cctv_build_end(cctv_build_t *build,
                            const cctv_build_about_t *about)
{
    apr_status_t result;

    build->head.count = build->count;
    if (build->failed == APR_SUCCESS) {
        renumber_roles(build);
    }
    if (build->failed == APR_SUCCESS) {
        write_cameras(build);
        write_tree(build);
        write_words(build);
    }
    if (build->failed == APR_SUCCESS) {
        write_head(build, about);
    }
    result = build->failed;
    cctv_build_abandon(build);
    return result;
}
