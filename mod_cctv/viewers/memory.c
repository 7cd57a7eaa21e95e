/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the viewers part: who may not watch, and who
 *        watches.
 * Layer: pure.
 */
#include "viewers/memory.h"

#include "memory/state.h"

#include <string.h>

#define HEAD_SIZE ((sizeof(cctv_denials_t) + 63) / 64 * 64)

/* The record of a denial is the denial itself. New members are appended, and
 * zero has to mean "not known". */
#define RECORD_MIN sizeof(cctv_denial_t)

_Static_assert(sizeof(cctv_denial_t) == 312, "a record has changed");

static size_t viewers_size(uint32_t capacity)
{
    return HEAD_SIZE + (size_t)capacity * sizeof(cctv_viewer_entry_t);
}

static void save(const cctv_segment_t *segment, bool is_clean, cctv_time_t now,
                 cctv_state_writer_t *writer)
{
    cctv_viewers_t viewers;
    cctv_denial_t denial;
    uint32_t i;

    (void)is_clean;
    cctv_viewers_open(&viewers, segment);
    for (i = 0; i <= CCTV_DENIALS_MAX; i++) {
        if (cctv_denials_get(viewers.denials, i, now, &denial)
            && denial.kind != CCTV_DENIAL_ALL) {
            cctv_state_put(writer, cctv_viewers_region.name, &denial,
                           sizeof denial);
        }
    }
}

static bool is_text(const char *text, size_t size)
{
    return cctv_denial_is_text(text, strnlen(text, size), size);
}

static bool is_sound(const void *record, size_t size)
{
    cctv_denial_t in;

    return cctv_state_get(&in, sizeof in, RECORD_MIN, record, size)
           && in.kind >= CCTV_DENIAL_CAMERA && in.kind < CCTV_DENIAL_ALL
           && in.camera >= 0 && in.since >= 0 && in.until >= 0
           && in.until < INT64_MAX / 8 && is_text(in.name, sizeof in.name)
           && is_text(in.by, sizeof in.by)
           && is_text(in.reason, sizeof in.reason);
}

/* After a restart of the machine the clock has begun anew: then a denial holds
 * for the time that it had left. */
static cctv_record_t load(const cctv_state_load_t *load, const void *record,
                          size_t size)
{
    const cctv_time_t longest = CCTV_DENIAL_SECONDS_MAX * 1000000;
    cctv_viewers_t viewers;
    cctv_denial_t in;
    cctv_time_t left;

    cctv_viewers_open(&viewers, load->segment);
    cctv_state_get(&in, sizeof in, RECORD_MIN, record, size);
    left = in.until - (load->is_same_boot ? load->now : load->saved);
    if (left <= 0 || left > longest) {
        return CCTV_RECORD_OVER;
    }
    if (!load->is_same_boot) {
        in.since = load->now;
    }
    in.until = load->now + left;
    return cctv_denials_add(viewers.denials, &in, load->now)
               ? CCTV_RECORD_TAKEN
               : CCTV_RECORD_OVER;
}

const cctv_region_t cctv_viewers_region = { .name = "viewers",
                                            .layout = 1,
                                            .size = viewers_size,
                                            .save = save,
                                            .is_sound = is_sound,
                                            .load = load };

void cctv_viewers_open(cctv_viewers_t *viewers, const cctv_segment_t *segment)
{
    char *at = cctv_segment_find(segment, &cctv_viewers_region,
                                 &viewers->names.max);

    viewers->denials = (cctv_denials_t *)(void *)at;
    viewers->names.entries = (cctv_viewer_entry_t *)(void *)(at + HEAD_SIZE);
}
