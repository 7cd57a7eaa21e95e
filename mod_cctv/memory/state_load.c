/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state_load.c
 * @brief Reads the state file.
 * Layer: pure.
 */
#include "memory/state_file.h"

#include <xxhash.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No state file is larger. The limit keeps a larger file from filling the
 * memory. */
#define FILE_MAX ((off_t)1 << 30)

/* The longest interval between two state files: µs. */
#define INTERVAL_MAX INT64_C(86400000000)

typedef struct {
    const cctv_segment_t *segment;
    cctv_state_head_t head;
    const char *sections;
    const char *end;
} state_file_t;

/* Read the section at `at`. @return false: there is no further section, or it
 * is damaged */
static bool next_section(const state_file_t *file, const char **at,
                         cctv_state_section_t *section, const char **records)
{
    size_t left = (size_t)(file->end - *at);
    uint64_t size;

    if (left < sizeof *section) {
        return false;
    }
    memcpy(section, *at, sizeof *section);
    size = (uint64_t)section->record_size * section->count;
    if (section->region[sizeof section->region - 1] != '\0'
        || section->record_size == 0 || section->record_size > CCTV_RECORD_MAX
        || size > left - sizeof *section) {
        return false;
    }
    *records = *at + sizeof *section;
    *at = *records + size;
    return true;
}

static cctv_state_status_t open_state(const char *data, size_t len,
                                      state_file_t *file)
{
    uint64_t known[2];
    uint64_t checksum;

    if (len < sizeof known) {
        return CCTV_STATE_DAMAGED;
    }
    memcpy(known, data, sizeof known);
    if (known[0] != CCTV_STATE_MAGIC) {
        return CCTV_STATE_DAMAGED;
    }
    if (known[1] != CCTV_STATE_VERSION) {
        return CCTV_STATE_FOREIGN;
    }
    if (len < sizeof file->head + sizeof checksum) {
        return CCTV_STATE_DAMAGED;
    }
    memcpy(&file->head, data, sizeof file->head);
    memcpy(&checksum, data + len - sizeof checksum, sizeof checksum);
    file->sections = data + sizeof file->head;
    file->end = data + len - sizeof checksum;
    return XXH3_64bits(data, len - sizeof checksum) == checksum
               ? CCTV_STATE_OK
               : CCTV_STATE_DAMAGED;
}

static const cctv_region_t *region_named(const cctv_segment_t *segment,
                                         const char *name)
{
    int i;

    for (i = 0; i < segment->count; i++) {
        if (strcmp(segment->places[i].region->name, name) == 0) {
            return segment->places[i].region;
        }
    }
    return NULL;
}

static bool is_counter_sound(const char *record, size_t size)
{
    return size > offsetof(cctv_state_counter_t, values)
           && memchr(record, '\0', offsetof(cctv_state_counter_t, values))
                  != NULL;
}

static bool is_section_sound(const state_file_t *file,
                             const cctv_state_section_t *section,
                             const char *records)
{
    const cctv_region_t *region = region_named(file->segment, section->region);
    bool is_counters = strcmp(section->region, CCTV_COUNTER_SECTION) == 0;
    uint32_t i;

    for (i = 0; i < section->count; i++) {
        const char *record = records + (size_t)i * section->record_size;

        if (is_counters
                ? !is_counter_sound(record, section->record_size)
                : region != NULL && region->is_sound != NULL
                      && !region->is_sound(record, section->record_size)) {
            return false;
        }
    }
    return true;
}

/* Check all records before any of them is loaded. */
static bool is_sound(const state_file_t *file)
{
    const char *at = file->sections;
    cctv_state_section_t section;
    const char *records;

    while (next_section(file, &at, &section, &records)) {
        if (!is_section_sound(file, &section, records)) {
            return false;
        }
    }
    return at == file->end && file->head.saved >= 0 && file->head.interval >= 0
           && file->head.interval <= INTERVAL_MAX;
}

/* ---- Counters ---- */

typedef struct {
    const char *region;
    const cctv_state_counter_t *counter;
    size_t values;
} wanted_t;

static void take_counter(void *context, const char *name,
                         _Atomic uint64_t *cells, size_t count)
{
    const wanted_t *wanted = context;
    size_t len = strlen(wanted->region);
    size_t i;

    if (strncmp(wanted->counter->name, wanted->region, len) != 0
        || wanted->counter->name[len] != '/'
        || strcmp(wanted->counter->name + len + 1, name) != 0) {
        return;
    }
    for (i = 0; i < count && i < wanted->values; i++) {
        atomic_store_explicit(&cells[i], wanted->counter->values[i],
                              memory_order_relaxed);
    }
}

static void load_counter(const cctv_segment_t *segment, const char *record,
                         size_t size)
{
    cctv_state_counter_t counter = { .name = "" };
    wanted_t wanted = { .counter = &counter };
    int i;

    size = size < sizeof counter ? size : sizeof counter;
    memcpy(&counter, record, size);
    wanted.values = (size - offsetof(cctv_state_counter_t, values))
                    / sizeof counter.values[0];
    for (i = 0; i < segment->count; i++) {
        const cctv_segment_place_t *place = &segment->places[i];

        wanted.region = place->region->name;
        if (place->region->counters != NULL) {
            place->region->counters(place->at, take_counter, &wanted);
        }
    }
}

/* The counters continue, so their start time is the one in the file. */
static void load_counters(const state_file_t *file)
{
    const char *at = file->sections;
    cctv_state_section_t section;
    const char *records;
    uint32_t i;

    while (next_section(file, &at, &section, &records)) {
        if (strcmp(section.region, CCTV_COUNTER_SECTION) == 0) {
            for (i = 0; i < section.count; i++) {
                load_counter(file->segment,
                             records + (size_t)i * section.record_size,
                             section.record_size);
            }
        }
    }
    file->segment->head->started = file->head.started;
}

/* ---- Records ---- */

static void load_region(const state_file_t *file, int number,
                        const cctv_state_load_t *load,
                        cctv_state_report_t *report)
{
    const cctv_region_t *region = file->segment->places[number].region;
    const char *at = file->sections;
    cctv_state_section_t section;
    const char *records;
    uint32_t i;

    while (region->load != NULL
           && next_section(file, &at, &section, &records)) {
        if (strcmp(section.region, region->name) != 0) {
            continue;
        }
        for (i = 0; i < section.count; i++) {
            switch (region->load(load,
                                 records + (size_t)i * section.record_size,
                                 section.record_size)) {
            case CCTV_RECORD_TAKEN:
                report->regions[number].taken++;
                break;
            case CCTV_RECORD_OVER:
                report->regions[number].over++;
                break;
            case CCTV_RECORD_DROPPED:
                report->regions[number].dropped++;
                break;
            }
        }
    }
    if (region->loaded != NULL) {
        region->loaded(load);
    }
}

/* CLOCK_MONOTONIC starts anew at each boot. */
static bool is_same_boot(const state_file_t *file, const char *boot,
                         cctv_time_t now)
{
    return boot[0] != '\0'
           && strncmp(boot, file->head.boot, CCTV_STATE_BOOT_SIZE) == 0
           && file->head.saved <= now;
}

cctv_state_status_t
cctv_state_read(const cctv_segment_t *segment, const void *data, size_t len,
                const char *boot, const cctv_state_time_t *time,
                bool no_counters, cctv_state_report_t *report)
{
    state_file_t file = { .segment = segment };
    cctv_state_status_t status = open_state(data, len, &file);
    cctv_state_load_t load = { .segment = segment,
                               .now = time->now,
                               .day = time->day };
    int i;

    if (status == CCTV_STATE_OK && !is_sound(&file)) {
        status = CCTV_STATE_DAMAGED;
    }
    if (status != CCTV_STATE_OK) {
        return status;
    }
    load.is_clean = file.head.is_clean != 0 && !no_counters;
    load.is_same_boot = is_same_boot(&file, boot, time->now);
    load.saved = file.head.saved;
    load.interval = file.head.interval;
    *report = (cctv_state_report_t){ .is_clean = load.is_clean };
    memcpy(segment->head->key, file.head.key, sizeof file.head.key);
    if (load.is_clean) {
        load_counters(&file);
    }
    for (i = 0; i < segment->count; i++) {
        load_region(&file, i, &load, report);
    }
    return CCTV_STATE_OK;
}

/* @param data  written: the whole file; free() it */
static cctv_state_status_t read_file(const char *path, char **data,
                                     size_t *len)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat stat;
    ssize_t n = 1;

    if (fd < 0) {
        return errno == ENOENT ? CCTV_STATE_NONE : CCTV_STATE_ERROR;
    }
    *data = NULL;
    *len = 0;
    if (fstat(fd, &stat) != 0) {
        close(fd);
        return CCTV_STATE_ERROR;
    }
    if (!S_ISREG(stat.st_mode) || stat.st_size > FILE_MAX) {
        close(fd);
        return CCTV_STATE_DAMAGED;
    }
    *data = malloc((size_t)stat.st_size + 1);
    while (*data != NULL && *len < (size_t)stat.st_size && n > 0) {
        n = read(fd, *data + *len, (size_t)stat.st_size - *len);
        *len += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    return *data == NULL || n < 0 ? CCTV_STATE_ERROR : CCTV_STATE_OK;
}

cctv_state_status_t cctv_state_load(const cctv_segment_t *segment,
                                    const char *path,
                                    const cctv_state_time_t *time,
                                    bool no_counters,
                                    cctv_state_report_t *report)
{
    char boot[CCTV_STATE_BOOT_SIZE];
    char *data = NULL;
    size_t len = 0;
    cctv_state_status_t status = read_file(path, &data, &len);

    if (status == CCTV_STATE_OK) {
        cctv_state_read_boot(boot);
        status = cctv_state_read(segment, data, len, boot, time, no_counters,
                                 report);
    }
    free(data);
    return status;
}
