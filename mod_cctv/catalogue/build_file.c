/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file build_file.c
 * @brief Writes the file of a catalogue whose cameras have been collected.
 * Layer: pure.
 */
#include "catalogue/build_state.h"
#include "catalogue/hilbert.h"
#include "catalogue/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* How many cameras ahead a Feature is fetched from memory. */
#define AHEAD 8

typedef struct {
    cctv_build_t *build;
    cctv_output_file_t out;
    cctv_catalogue_head_t head;
    void *spool; /* mapped; NULL: it is empty */
    /* By slot. */
    cctv_catalogue_record_t *records;
    uint32_t *order;
    /* By camera. */
    uint32_t *slots;
    uint64_t *places;
    cctv_catalogue_node_t *nodes;
    uint32_t *row_ends;
    cctv_catalogue_row_t *rows;
    uint32_t row_count;
    cctv_catalogue_t levels; /* of the tree */
} file_t;

/* ---- Preparation ---- */

static bool renumber_roles(cctv_build_t *build)
{
    uint32_t *numbers = cctv_dictionary_sort(&build->roles);
    uint32_t i;

    for (i = 0; numbers != NULL && i < build->count; i++) {
        build->records[i].role = numbers[build->records[i].role];
    }
    free(numbers);
    return numbers != NULL;
}

static bool order_cameras(file_t *file)
{
    const cctv_build_t *build = file->build;
    size_t count = build->count;
    uint32_t i;

    file->order = malloc((count + 1) * sizeof *file->order);
    file->slots = malloc((count + 1) * sizeof *file->slots);
    file->records = malloc((count + 1) * sizeof *file->records);
    if (file->order == NULL || file->slots == NULL || file->records == NULL
        || !cctv_hilbert_order(build->records, build->count, file->order)) {
        return false;
    }
    for (i = 0; i < count; i++) {
        file->slots[file->order[i]] = i;
        file->records[i] = build->records[file->order[i]];
    }
    return true;
}

static bool make_tree(file_t *file)
{
    cctv_catalogue_t *levels = &file->levels;

    levels->head = &file->head;
    levels->records = file->records;
    cctv_catalogue_plan_levels(levels, file->head.count);
    file->nodes = calloc(levels->node_count + 1, sizeof *file->nodes);
    file->row_ends = calloc(cctv_rows_nodes(levels) + 1,
                            sizeof *file->row_ends);
    file->places = calloc((size_t)file->head.count + 1, sizeof *file->places);
    if (file->nodes == NULL || file->row_ends == NULL
        || file->places == NULL) {
        return false;
    }
    cctv_tree_build(levels, file->nodes);
    cctv_hilbert_places(file->records, file->head.count, file->places);
    return cctv_rows_build(levels, file->build->roles.count, file->row_ends,
                           &file->rows, &file->row_count);
}

static void map_spool(file_t *file)
{
    cctv_output_file_t *spool = &file->build->spool;
    void *memory;

    cctv_output_file_flush(spool);
    if (spool->failed != APR_SUCCESS || spool->at == 0) {
        return;
    }
    memory = mmap(NULL, spool->at, PROT_READ, MAP_SHARED | MAP_POPULATE,
                  spool->fd, 0);
    if (memory == MAP_FAILED) {
        cctv_output_file_fail(spool, errno);
        return;
    }
    file->spool = memory;
}

/* ---- Sections ---- */

static void end_section(file_t *file, int id, uint64_t at)
{
    file->head.sections[id].at = at;
    file->head.sections[id].size = file->out.at - at;
    cctv_output_file_pad(&file->out, 64);
}

static void write_section(file_t *file, int id, const void *data, size_t size)
{
    uint64_t at = file->out.at;

    cctv_output_file_add(&file->out, data, size);
    end_section(file, id, at);
}

static const char *spooled(const file_t *file, uint32_t slot)
{
    return (const char *)file->spool
           + (size_t)file->records[slot].feature
                 * CCTV_CATALOGUE_FEATURE_ALIGN;
}

/* Copy the features by slot, and note where they are. */
static void write_features(file_t *file)
{
    uint32_t count = file->head.count;
    uint64_t at = file->out.at;
    uint32_t i;

    for (i = 0; i < count && file->out.failed == APR_SUCCESS; i++) {
        cctv_catalogue_record_t *record = &file->records[i];
        const char *feature = spooled(file, i);

        if (i + AHEAD < count) {
            __builtin_prefetch(spooled(file, i + AHEAD));
        }
        record->feature = (uint32_t)((file->out.at - at)
                                     / CCTV_CATALOGUE_FEATURE_ALIGN);
        cctv_output_file_add(&file->out, feature, record->length);
        cctv_output_file_pad(&file->out, CCTV_CATALOGUE_FEATURE_ALIGN);
    }
    end_section(file, CCTV_SECTION_FEATURES, at);
}

/* The bits of the cameras of the base, if this is a file of changes. */
static void write_gone(file_t *file, const cctv_build_about_t *about)
{
    cctv_catalogue_head_t *head = &file->head;
    size_t i;

    if (about->base != NULL) {
        head->base = about->base_number;
        head->base_checksum = about->base->head->checksum;
        head->base_count = about->base->head->count;
    }
    for (i = 0; i < CCTV_CATALOGUE_GONE_WORDS(head->base_count); i++) {
        head->gone += (uint32_t)__builtin_popcountll(about->gone[i]);
    }
    write_section(file, CCTV_SECTION_GONE, about->gone, i * sizeof(uint64_t));
}

static void write_sections(file_t *file, const cctv_build_about_t *about)
{
    const cctv_build_t *build = file->build;
    const cctv_dictionary_t *roles = &build->roles;
    size_t count = build->count;

    write_features(file);
    write_section(file, CCTV_SECTION_RECORDS, file->records,
                  count * sizeof *file->records);
    write_section(file, CCTV_SECTION_NAMES, build->names.data,
                  build->names.len);
    write_section(file, CCTV_SECTION_IDS, build->ids,
                  count * sizeof *build->ids);
    write_section(file, CCTV_SECTION_NAME_BLOCKS, build->blocks.data,
                  build->blocks.len);
    write_section(file, CCTV_SECTION_ORDER, file->order,
                  count * sizeof *file->order);
    write_section(file, CCTV_SECTION_SLOTS, file->slots,
                  count * sizeof *file->slots);
    write_section(file, CCTV_SECTION_NODES, file->nodes,
                  file->levels.node_count * sizeof *file->nodes);
    write_section(file, CCTV_SECTION_PLACES, file->places,
                  count * sizeof *file->places);
    write_section(file, CCTV_SECTION_ROW_ENDS, file->row_ends,
                  cctv_rows_nodes(&file->levels) * sizeof *file->row_ends);
    write_section(file, CCTV_SECTION_ROWS, file->rows,
                  file->row_count * sizeof *file->rows);
    write_section(file, CCTV_SECTION_ROLES, roles->names.data,
                  roles->names.len);
    write_section(file, CCTV_SECTION_ROLE_ENDS, roles->ends,
                  roles->count * sizeof *roles->ends);
    write_gone(file, about);
    cctv_output_file_flush(&file->out);
}

static void write_head(file_t *file, const cctv_build_about_t *about)
{
    cctv_catalogue_head_t *head = &file->head;
    size_t length = strlen(about->position);

    head->magic = CCTV_CATALOGUE_MAGIC;
    head->layout = CCTV_CATALOGUE_LAYOUT;
    head->roles = file->build->roles.count;
    head->size = file->out.at;
    head->database = about->database;
    head->built = about->built;
    if (length >= sizeof head->position) {
        cctv_output_file_fail(&file->out, APR_EINVAL);
        return;
    }
    memcpy(head->position, about->position, length);
    head->content = XXH3_64bits_digest(file->out.sum);
    head->checksum = cctv_catalogue_checksum(head);
    cctv_output_file_start(&file->out, head, sizeof *head);
}

/* ---- The whole ---- */

static apr_status_t write_file(file_t *file, const cctv_build_about_t *about)
{
    cctv_build_t *build = file->build;
    apr_status_t result;

    map_spool(file);
    if (build->names.failed || build->blocks.failed || !renumber_roles(build)
        || !order_cameras(file) || !make_tree(file)) {
        cctv_output_file_fail(&build->spool, ENOMEM);
    }
    if (build->spool.failed != APR_SUCCESS) {
        return build->spool.failed;
    }
    cctv_output_file_begin(&file->out, build->fd, sizeof file->head, true);
    if (file->out.failed == APR_SUCCESS) {
        write_sections(file, about);
    }
    if (file->out.failed == APR_SUCCESS) {
        write_head(file, about);
    }
    result = file->out.failed;
    cctv_output_file_end(&file->out);
    return result;
}

apr_status_t cctv_build_end(cctv_build_t *build,
                            const cctv_build_about_t *about)
{
    file_t file = { .build = build, .head.count = build->count };
    apr_status_t result = build->spool.failed;

    if (result == APR_SUCCESS) {
        result = write_file(&file, about);
    }
    if (file.spool != NULL) {
        munmap(file.spool, build->spool.at);
    }
    free(file.order);
    free(file.slots);
    free(file.records);
    free(file.places);
    free(file.nodes);
    free(file.row_ends);
    free(file.rows);
    cctv_build_abandon(build);
    return result;
}
