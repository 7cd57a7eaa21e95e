/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file open.c
 * @brief Checks a file of cameras completely, so that reading it is safe.
 * Layer: pure.
 */
#include "catalogue/read.h"

#include "catalogue/rows.h"
#include "catalogue/words.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

/* An id is an int, so a file cannot have more cameras. */
#define COUNT_MAX 0x7FFFFFFFU

static uint32_t parents(uint32_t count)
{
    return (count + CCTV_CATALOGUE_FANOUT - 1) / CCTV_CATALOGUE_FANOUT;
}

void cctv_catalogue_plan_levels(cctv_catalogue_t *c, uint32_t count)
{
    c->levels = 0;
    c->node_count = 0;
    while (count > 0) {
        count = parents(count);
        c->level_at[c->levels++] = c->node_count;
        c->node_count += count;
        if (count == 1) {
            break;
        }
    }
}

uint32_t cctv_catalogue_level_size(const cctv_catalogue_t *c, int level)
{
    return (level + 1 == c->levels ? c->node_count : c->level_at[level + 1])
           - c->level_at[level];
}

uint64_t cctv_catalogue_checksum(const cctv_catalogue_head_t *head)
{
    const char *from = (const char *)&head->content;

    return XXH3_64bits(from,
                       sizeof *head - (size_t)(from - (const char *)head));
}

static const char *check_head(const cctv_catalogue_head_t *head, size_t size)
{
    if (size < sizeof *head || head->magic != CCTV_CATALOGUE_MAGIC) {
        return "it is not a catalogue";
    }
    if (head->layout != CCTV_CATALOGUE_LAYOUT) {
        return "another version of the module wrote it";
    }
    if (head->size != size) {
        return "it is not complete";
    }
    if (cctv_catalogue_checksum(head) != head->checksum) {
        return "its checksum is wrong";
    }
    if (head->count > COUNT_MAX
        || memchr(head->position, '\0', sizeof head->position) == NULL) {
        return "its head is wrong";
    }
    return NULL;
}

/* @param entries  the number of entries that the section has to have */
static const void *section(const cctv_catalogue_head_t *head, int id,
                           size_t entries, size_t size)
{
    const cctv_catalogue_section_t *at = &head->sections[id];

    if (at->at > head->size || at->size > head->size - at->at
        || at->at % 64 != 0 || at->size != entries * size) {
        return NULL;
    }
    return (const char *)head + at->at;
}

/* A section of any size. */
static const void *text_section(const cctv_catalogue_head_t *head, int id)
{
    return section(head, id, head->sections[id].size, 1);
}

static bool find_sections(const cctv_catalogue_head_t *head,
                          cctv_catalogue_t *c)
{
    size_t count = head->count;
    size_t words = CCTV_CATALOGUE_GONE_WORDS(head->base_count);
    const uint64_t *gone = section(head, CCTV_SECTION_GONE, words,
                                   sizeof *gone);

    c->features = text_section(head, CCTV_SECTION_FEATURES);
    c->names = text_section(head, CCTV_SECTION_NAMES);
    c->records = section(head, CCTV_SECTION_RECORDS, count,
                         sizeof *c->records);
    c->ids = section(head, CCTV_SECTION_IDS, count, sizeof *c->ids);
    c->name_blocks = section(head, CCTV_SECTION_NAME_BLOCKS,
                             (count + CCTV_CATALOGUE_NAME_BLOCK - 1)
                                 / CCTV_CATALOGUE_NAME_BLOCK,
                             sizeof *c->name_blocks);
    c->order = section(head, CCTV_SECTION_ORDER, count, sizeof *c->order);
    c->slots = section(head, CCTV_SECTION_SLOTS, count, sizeof *c->slots);
    c->nodes = section(head, CCTV_SECTION_NODES, c->node_count,
                       sizeof *c->nodes);
    c->places = section(head, CCTV_SECTION_PLACES, count, sizeof *c->places);
    c->row_ends = section(head, CCTV_SECTION_ROW_ENDS, cctv_rows_nodes(c),
                          sizeof *c->row_ends);
    c->row_count = (uint32_t)(head->sections[CCTV_SECTION_ROWS].size
                              / sizeof *c->rows);
    c->rows = section(head, CCTV_SECTION_ROWS, c->row_count, sizeof *c->rows);
    c->roles = text_section(head, CCTV_SECTION_ROLES);
    c->role_ends = section(head, CCTV_SECTION_ROLE_ENDS, head->roles,
                           sizeof *c->role_ends);
    return c->features != NULL && c->names != NULL && c->records != NULL
           && c->ids != NULL && c->name_blocks != NULL && c->order != NULL
           && c->slots != NULL && c->nodes != NULL && c->places != NULL
           && c->row_ends != NULL && c->rows != NULL && c->roles != NULL
           && c->role_ends != NULL && gone != NULL;
}

static bool is_record_sound(const cctv_catalogue_t *c,
                            const cctv_catalogue_record_t *record)
{
    uint64_t at = (uint64_t)record->feature * CCTV_CATALOGUE_FEATURE_ALIGN;
    uint64_t size = c->head->sections[CCTV_SECTION_FEATURES].size;
    const cctv_word_t *word;

    if (!(fabs(record->lng) <= 180 && fabs(record->lat) <= 90)
        || record->role >= c->head->roles
        || record->status >= CCTV_CAMERA_STATUS_COUNT
        || record->first >= CCTV_CODEC_COUNT
        || record->second >= CCTV_CODEC_COUNT || at > size
        || record->length > size - at) {
        return false;
    }
    word = &cctv_status_words[record->status];
    return cctv_catalogue_behind_status(record) + 2 <= record->length
           && memcmp(c->features + at + record->status_at, word->text,
                     word->length)
                  == 0;
}

static bool are_cameras_sound(const cctv_catalogue_t *c)
{
    uint32_t count = c->head->count;
    uint32_t i;

    for (i = 0; i < count; i++) {
        if (!is_record_sound(c, &c->records[i])
            || c->ids[i] <= (i == 0 ? 0 : c->ids[i - 1])
            || c->order[i] >= count || c->slots[i] >= count
            || c->order[c->slots[i]] != i) {
            return false;
        }
    }
    return true;
}

/* Every block starts where the names of the one before it end. */
static bool are_names_sound(const cctv_catalogue_t *c)
{
    const char *name = c->names;
    const char *end = name + c->head->sections[CCTV_SECTION_NAMES].size;
    uint32_t i;

    for (i = 0; i < c->head->count; i++) {
        if (i % CCTV_CATALOGUE_NAME_BLOCK == 0
            && c->name_blocks[i / CCTV_CATALOGUE_NAME_BLOCK]
                   != (uint64_t)(name - c->names)) {
            return false;
        }
        name = name == end ? NULL : memchr(name, '\0', (size_t)(end - name));
        if (name == NULL) {
            return false;
        }
        name++;
    }
    return name == end;
}

/* Sorted, so that a name is found by halving. */
static bool are_roles_sound(const cctv_catalogue_t *c)
{
    uint64_t size = c->head->sections[CCTV_SECTION_ROLES].size;
    uint32_t i;

    for (i = 0; i < c->head->roles; i++) {
        if (c->role_ends[i] > size
            || c->role_ends[i] < (i == 0 ? 0 : c->role_ends[i - 1])
            || (i > 0
                && cctv_role_compare(cctv_catalogue_role_name(c, i - 1),
                                     cctv_catalogue_role_name(c, i))
                       >= 0)) {
            return false;
        }
    }
    return true;
}

/* `gone` has a bit for each camera of the base, and head->gone of them are
 * set. */
static bool is_gone_sound(const cctv_catalogue_t *c)
{
    const cctv_catalogue_head_t *head = c->head;
    const cctv_catalogue_section_t *at = &head->sections[CCTV_SECTION_GONE];
    const uint64_t *gone = (const void *)((const char *)head + at->at);
    size_t words = at->size / sizeof *gone;
    uint64_t set = 0;
    size_t i;

    for (i = 0; i < words; i++) {
        set += (unsigned)__builtin_popcountll(gone[i]);
    }
    return set == head->gone
           && (head->base_count % 64 == 0
               || gone[words - 1] >> head->base_count % 64 == 0);
}

bool cctv_catalogue_join(cctv_catalogue_t *base,
                         const cctv_catalogue_t *changes)
{
    const cctv_catalogue_head_t *head = changes->head;

    if (base->head->base != 0 || head->base == 0
        || head->base_checksum != base->head->checksum
        || head->base_count != base->head->count
        || head->database != base->head->database) {
        return false;
    }
    base->changes = changes;
    base->gone = head->gone == 0
                     ? NULL
                     : (const void *)((const char *)head
                                      + head->sections[CCTV_SECTION_GONE].at);
    return true;
}

const char *cctv_catalogue_open_checked(const void *memory, size_t size,
                                        cctv_catalogue_t *out)
{
    const cctv_catalogue_head_t *head = memory;
    cctv_catalogue_t c = { .head = head };
    const char *wrong = check_head(head, size);

    if (wrong != NULL) {
        return wrong;
    }
    c.count = (int)head->count;
    cctv_catalogue_plan_levels(&c, head->count);
    if (!find_sections(head, &c)) {
        return "a section of it lies outside";
    }
    *out = c;
    return NULL;
}

const char *cctv_catalogue_open(const void *memory, size_t size,
                                cctv_catalogue_t *out)
{
    cctv_catalogue_t c;
    const char *wrong = cctv_catalogue_open_checked(memory, size, &c);

    if (wrong != NULL) {
        return wrong;
    }
    if (XXH3_64bits(c.head + 1, size - sizeof *c.head) != c.head->content) {
        return "its checksum is wrong";
    }
    if (!are_roles_sound(&c) || !are_cameras_sound(&c) || !are_names_sound(&c)
        || !is_gone_sound(&c) || !cctv_rows_are_sound(&c)) {
        return "it contradicts itself";
    }
    *out = c;
    return NULL;
}
