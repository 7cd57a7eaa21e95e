/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file build.c
 * @brief Collects the cameras of a new catalogue.
 * Layer: pure.
 */
#include "catalogue/build.h"

#include "cameras/geojson.h"
#include "catalogue/build_state.h"
#include "http/number.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void fail(cctv_build_t *build, apr_status_t why)
{
    cctv_output_file_fail(&build->spool, why);
}

cctv_build_t *cctv_build_begin(int fd)
{
    cctv_build_t *build = calloc(1, sizeof *build);
    int spool = memfd_create("cctv-features", MFD_CLOEXEC);

    if (build == NULL || spool < 0) {
        free(build);
        if (spool >= 0) {
            close(spool);
        }
        return NULL;
    }
    build->fd = fd;
    cctv_output_file_begin(&build->spool, spool, 0, false);
    cctv_json_init(&build->names, 4096);
    cctv_json_init(&build->blocks, 4096);
    return build;
}

void cctv_build_abandon(cctv_build_t *build)
{
    close(build->spool.fd);
    cctv_output_file_end(&build->spool);
    cctv_json_free(&build->names);
    cctv_json_free(&build->blocks);
    cctv_dictionary_free(&build->roles);
    free(build->records);
    free(build->ids);
    free(build);
}

static bool grow(cctv_build_t *build)
{
    size_t size = build->size == 0 ? 1024 : (size_t)build->size * 2;
    cctv_catalogue_record_t *records;
    int32_t *ids;

    records = realloc(build->records, size * sizeof *records);
    if (records == NULL) {
        return false;
    }
    build->records = records;
    ids = realloc(build->ids, size * sizeof *ids);
    if (ids == NULL) {
        return false;
    }
    build->ids = ids;
    build->size = (uint32_t)size;
    return size <= INT_MAX;
}

/* Make room for one more camera. */
static bool reserve(cctv_build_t *build)
{
    if (build->count == build->size && !grow(build)) {
        fail(build, ENOMEM);
        return false;
    }
    return true;
}

/* Whether a camera can be added; if so, *at is the place of its Feature. */
static bool begin(cctv_build_t *build, int id, uint32_t *at)
{
    uint64_t place = build->spool.at / CCTV_CATALOGUE_FEATURE_ALIGN;

    if (build->spool.failed != APR_SUCCESS || !reserve(build)) {
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

/* Note a camera whose Feature has been written to the room of the spool. Its
 * name has to follow. */
static void note(cctv_build_t *build, int id,
                 const cctv_catalogue_record_t *record)
{
    if (build->count % CCTV_CATALOGUE_NAME_BLOCK == 0) {
        uint64_t at = build->names.len;

        cctv_json_raw(&build->blocks, (const char *)&at, sizeof at);
    }
    build->records[build->count] = *record;
    build->ids[build->count++] = id;
    cctv_output_file_wrote(&build->spool, record->length);
    cctv_output_file_pad(&build->spool, CCTV_CATALOGUE_FEATURE_ALIGN);
}

static void add_name(cctv_build_t *build, const cctv_camera_t *camera)
{
    cctv_json_t *names = &build->names;
    cctv_text_t name = camera->name;

    if (camera->name_folded.text != NULL) {
        cctv_json_raw(names, camera->name_folded.text,
                      camera->name_folded.len);
        cctv_json_raw(names, "", 1);
    }
    else if (cctv_json_reserve(names, CCTV_FOLDED_MAX(name.len) + 1)) {
        char *end = cctv_fold(name.text, name.len, names->data + names->len);

        *end++ = '\0';
        names->len = (size_t)(end - names->data);
    }
}

static bool find_status(cctv_text_t status, uint8_t *out)
{
    int i;

    for (i = 0; i < CCTV_CAMERA_STATUS_COUNT; i++) {
        const char *label = cctv_camera_status_labels[i];

        if (strlen(label) == status.len
            && memcmp(label, status.text, status.len) == 0) {
            *out = (uint8_t)i;
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

    if (found == NULL || length > UINT16_MAX) {
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
    record->has_still = camera->has_still;
    record->has_hls = camera->streams.has_hls;
    return true;
}

/* Write the Feature behind the end of the spool. @return whether it fits */
static bool write_feature(cctv_build_t *build, const cctv_camera_t *camera,
                          cctv_catalogue_record_t *record)
{
    cctv_json_t *pending = &build->spool.pending;
    size_t before = pending->len;
    size_t length;

    cctv_geojson_feature(pending, camera);
    if (pending->failed) {
        fail(build, ENOMEM);
        return false;
    }
    length = pending->len - before;
    pending->len = before;
    if (!find_status_member(pending->data + before, length,
                            &record->status_at)) {
        fail(build, APR_EINVAL);
        return false;
    }
    record->length = (uint16_t)length;
    record->has_since = camera->status_since != 0;
    return true;
}

void cctv_build_add(cctv_build_t *build, const cctv_camera_t *camera)
{
    cctv_catalogue_record_t record = { .has_since = 0 };
    int id = atoi(camera->id.text);

    if (begin(build, id, &record.feature)
        && fill_record(build, camera, &record)
        && write_feature(build, camera, &record)) {
        note(build, id, &record);
        add_name(build, camera);
    }
}

void cctv_build_copy(cctv_build_t *build, const cctv_catalogue_t *from,
                     int index)
{
    cctv_catalogue_record_t record = *cctv_catalogue_record(from, index);
    int id = cctv_catalogue_id(from, index);
    cctv_camera_state_t state;
    size_t length;
    const char *name = cctv_catalogue_name(from, index, &length);
    char *room;

    if (!begin(build, id, &record.feature)) {
        return;
    }
    room = cctv_output_file_room(&build->spool,
                                 cctv_catalogue_feature_max(from, index));
    if (room == NULL
        || !cctv_dictionary_add(
            &build->roles, cctv_catalogue_role(from, index), &record.role)) {
        fail(build, ENOMEM);
        return;
    }
    /* A status may change at any time: the Feature tells which one it got. */
    record.length = (uint16_t)(cctv_catalogue_put_feature(from, index, room,
                                                          &state)
                               - room);
    record.status = (uint8_t)state.status;
    record.has_since = state.since != 0;
    note(build, id, &record);
    cctv_json_raw(&build->names, name, length + 1);
}
