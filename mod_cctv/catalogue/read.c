/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file read.c
 * @brief Reads the cameras of a catalogue that has been opened.
 * Layer: pure.
 */
#include "catalogue/read.h"

#include "catalogue/words.h"

#include <string.h>

int cctv_catalogue_after(const cctv_catalogue_t *c, int id)
{
    int low = 0;
    int high = c->count;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (c->ids[middle] <= id) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}

int cctv_catalogue_find_here(const cctv_catalogue_t *c, int id)
{
    int index = cctv_catalogue_after(c, id) - 1;

    return index >= 0 && c->ids[index] == id ? index : -1;
}

int cctv_catalogue_find(const cctv_catalogue_t *c, int id)
{
    int index = cctv_catalogue_find_here(c, id);

    if (index >= 0 && !cctv_catalogue_is_gone(c, c->slots[index])) {
        return index;
    }
    index = c->changes == NULL ? -1 : cctv_catalogue_find_here(c->changes, id);
    return index < 0 ? -1 : c->count + index;
}

int cctv_catalogue_next(const cctv_catalogue_t *c, cctv_catalogue_walk_t *walk)
{
    bool is_in_changes;

    while (walk->base < c->count
           && cctv_catalogue_is_gone(c, c->slots[walk->base])) {
        walk->base++;
    }
    is_in_changes = c->changes != NULL && walk->changes < c->changes->count;
    if (walk->base < c->count
        && !(is_in_changes
             && c->changes->ids[walk->changes] < c->ids[walk->base])) {
        return walk->base++;
    }
    return is_in_changes ? c->count + walk->changes++ : -1;
}

int cctv_role_compare(cctv_text_t a, cctv_text_t b)
{
    int order = memcmp(a.text, b.text, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

cctv_text_t cctv_catalogue_role_name(const cctv_catalogue_t *c, uint32_t role)
{
    uint32_t start = role == 0 ? 0 : c->role_ends[role - 1];

    return (cctv_text_t){ c->roles + start, c->role_ends[role] - start };
}

cctv_text_t cctv_catalogue_role(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    return cctv_catalogue_role_name(c, c->records[c->slots[index]].role);
}

cctv_streams_t cctv_catalogue_streams(const cctv_catalogue_t *c, int index)
{
    return cctv_catalogue_record_streams(cctv_catalogue_record(c, index));
}

const char *cctv_catalogue_name(const cctv_catalogue_t *c, int index,
                                size_t *length)
{
    const char *name;
    int i;

    c = cctv_catalogue_file_of(c, &index);
    name = c->names + c->name_blocks[index / CCTV_CATALOGUE_NAME_BLOCK];
    for (i = index % CCTV_CATALOGUE_NAME_BLOCK; i > 0; i--) {
        name += strlen(name) + 1;
    }
    if (length != NULL) {
        *length = strlen(name);
    }
    return name;
}

static const char *feature_of(const cctv_catalogue_t *c,
                              const cctv_catalogue_record_t *record)
{
    return c->features
           + (size_t)record->feature * CCTV_CATALOGUE_FEATURE_ALIGN;
}

cctv_text_t cctv_catalogue_slot_feature(const cctv_catalogue_t *c,
                                        uint32_t slot)
{
    const cctv_catalogue_record_t *record = &c->records[slot];

    return (cctv_text_t){ feature_of(c, record), record->length };
}

cctv_text_t cctv_catalogue_feature(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    return cctv_catalogue_slot_feature(c, c->slots[index]);
}

#define WORD(name, label) { sizeof(label) + 1, "\"" label "\"" },

const cctv_word_t cctv_status_words[] = { CCTV_CAMERA_STATUS_LIST(WORD) };

size_t cctv_catalogue_behind_status(const cctv_catalogue_record_t *record)
{
    return (size_t)record->status_at + cctv_status_words[record->status].length
           + (record->has_since ? CCTV_SINCE_SIZE : 0);
}

int64_t cctv_catalogue_first_since(const cctv_catalogue_t *c, uint32_t slot)
{
    const cctv_catalogue_record_t *record = &c->records[slot];

    return record->has_since ? cctv_since_parse(
               feature_of(c, record) + cctv_catalogue_behind_status(record) - 1
               - CCTV_SINCE_TEXT_SIZE)
                             : 0;
}

char *cctv_catalogue_put_slot(const cctv_catalogue_t *c, uint32_t slot,
                              char *out, cctv_camera_state_t *state)
{
    const cctv_catalogue_record_t *record = &c->records[slot];
    const char *feature = feature_of(c, record);
    uint64_t word = atomic_load_explicit(&c->statuses[slot],
                                         memory_order_relaxed);
    cctv_camera_state_t now = cctv_catalogue_state_of(word);
    size_t behind;

    if (state != NULL) {
        *state = now;
    }
    if ((word & CCTV_STATUS_AS_BUILT) != 0) {
        memcpy(out, feature, record->length);
        return out + record->length;
    }
    behind = cctv_catalogue_behind_status(record);
    memcpy(out, feature, record->status_at);
    out += record->status_at;
    memcpy(out, cctv_status_words[now.status].text,
           cctv_status_words[now.status].length);
    out += cctv_status_words[now.status].length;
    out = cctv_since_put(out, now.since);
    memcpy(out, feature + behind, record->length - behind);
    return out + (record->length - behind);
}

char *cctv_catalogue_put_feature(const cctv_catalogue_t *c, int index,
                                 char *out, cctv_camera_state_t *state)
{
    c = cctv_catalogue_file_of(c, &index);
    return cctv_catalogue_put_slot(c, c->slots[index], out, state);
}
