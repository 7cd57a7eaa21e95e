/* SPDX-License-Identifier: Apache-2.0 */
/* State files: a refused file leaves the segment as new; the loaded state is
 * within its limits and can be found.
 *
 * The first byte of an input says which kind it is:
 *     RAW      a file;
 *     PATCH    an offset (2 bytes), and bytes to XOR into a valid file there;
 *     RECORDS  a number of views (1 byte), and the records of the views and
 *              series of a file.
 * So inputs stay useful when counters are added. The checksum is made valid,
 * except for RAW inputs. */
#include "memory/state_file.h"
#include "metrics/series_state.h"
#include "views/memory.h"
#include "views/view_beats.h"
#include "views/view_id.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    RAW,
    PATCH,
    RECORDS,
    MODES,
    /* Flags in the same byte. */
    OF_OTHER_BOOT = 16,
    IS_FILTERED = 32,
    IS_LATER = 64
};

enum {
    SESSIONS = 4,
    SERIES = 6,
    SESSION_SIZE = 104,
    SERIES_SIZE = 24,
    BOOT_AT = 24,
    FILE_SIZE = 65536
};

#define NOW       INT64_C(1000000000)
#define BOOT_ID   "a boot\n"
#define CHECK(is) ((is) ? (void)0 : abort())

static _Alignas(64) char memory[65536];
static char new_memory[sizeof memory];
static cctv_segment_t segment;
static cctv_views_t shared;

static char right[FILE_SIZE];
static size_t right_size;

static void start(int32_t camera)
{
    cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED, .camera = camera };
    cctv_view_t view = { .camera = camera, .timeout = 30000 };

    view.series = cctv_series_cell(&shared.series, &labels);
    cctv_series_add(&shared.series, view.series, 5, 100);
    CHECK(cctv_view_table_claim(&shared.table, &view, NOW)
          && cctv_view_table_prepare(&shared.table, &view, NOW));
    cctv_view_table_go_live(&shared.table, &view);
}

static void read_right(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, right, sizeof right);

    CHECK(fd >= 0 && size > 0);
    close(fd);
    right_size = (size_t)size;
    memset(right + BOOT_AT, 0, 40);
    memcpy(right + BOOT_AT, BOOT_ID, sizeof BOOT_ID);
}

/* Make a valid file with 2 views and 3 series, one of them an "other". */
static void make_right(void)
{
    const cctv_state_time_t time = { .now = NOW,
                                     .interval = 10000000,
                                     .day = 100 };
    char folder[] = "/tmp/cctv-fuzz-XXXXXX";
    char path[64];

    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_views_region, SESSIONS);
    cctv_segment_add(&segment, &cctv_series_region, SERIES);
    cctv_segment_add(&segment, &cctv_created_region, SERIES);
    CHECK(cctv_segment_size(&segment) <= sizeof memory);
    CHECK(cctv_segment_init(&segment, memory, 1));
    cctv_views_open(&shared, &segment);
    memcpy(new_memory, memory, sizeof memory);
    start(1);
    start(2);
    cctv_series_other(&shared.series, CCTV_SERIES_STARTS);
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/state", folder);
    CHECK(cctv_state_save(&segment, path, true, &time) == CCTV_STATE_OK);
    read_right(path);
    unlink(path);
    rmdir(folder);
}

static void put_checksum(char *file, size_t len)
{
    uint64_t checksum = XXH3_64bits(file, len - sizeof checksum);

    memcpy(file + len - sizeof checksum, &checksum, sizeof checksum);
}

static size_t patch(char *file, const uint8_t *data, size_t size)
{
    size_t at = size < 2 ? 0 : (data[0] | (size_t)data[1] << 8) % right_size;
    size_t i;

    memcpy(file, right, right_size);
    for (i = 2; i < size && at + i - 2 < right_size; i++) {
        file[at + i - 2] ^= (char)data[i];
    }
    put_checksum(file, right_size);
    return right_size;
}

/* @return the offset after the section */
static size_t put_section(char *file, size_t at, const char *region,
                          uint32_t record_size, const uint8_t *data,
                          size_t size)
{
    cctv_state_section_t section = { .record_size = record_size,
                                     .count = (uint32_t)(size / record_size) };

    memcpy(section.region, region, strlen(region));
    memcpy(file + at, &section, sizeof section);
    /* A remainder that is no whole record makes the file invalid. */
    memcpy(file + at + sizeof section, data, size);
    return at + sizeof section + size;
}

static size_t put_records(char *file, const uint8_t *data, size_t size)
{
    size_t len = sizeof(cctv_state_head_t);
    size_t views;

    if (size == 0) {
        return 0;
    }
    views = data[0] * (size_t)SESSION_SIZE;
    data++;
    size--;
    if (size > FILE_SIZE - 1024) {
        size = FILE_SIZE - 1024;
    }
    if (views > size) {
        views = size;
    }
    memcpy(file, right, len);
    len = put_section(file, len, "views", SESSION_SIZE, data, views);
    len = put_section(file, len, "series", SERIES_SIZE, data + views,
                      size - views);
    len += sizeof(uint64_t);
    put_checksum(file, len);
    return len;
}

static void check_sessions(const cctv_state_report_t *report, cctv_time_t now)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    cctv_view_t found;
    uint32_t count = 0;
    uint32_t i;

    for (i = 0; i < SESSIONS; i++) {
        if (cctv_view_table_get(&shared.table, i, &view)) {
            cctv_view_id(&view, id);
            CHECK(cctv_view_table_find(&shared.table, id, &found));
            CHECK(!cctv_view_is_over(&view, now));
            CHECK(view.camera > 0 && view.country < 1024);
            CHECK(view.series < cctv_series_cells(&shared.series));
            count++;
        }
    }
    CHECK(count == report->regions[0].taken);
}

static void check_series(void)
{
    cctv_labels_t labels;
    uint64_t used = 0;
    uint32_t i;

    for (i = 0; i < cctv_series_cells(&shared.series); i++) {
        if (cctv_series_labels(&shared.series, i, &labels)) {
            CHECK(labels.kind == CCTV_SERIES_STARTS
                  || labels.kind == CCTV_SERIES_WATCHED);
            if (!cctv_series_is_other(&shared.series, i)) {
                CHECK(labels.camera > 0);
                used++;
            }
        }
    }
    CHECK(used <= SERIES && used == cctv_counted(&shared.series.head->used));
}

static void load(const char *file, size_t len, uint8_t flags)
{
    static const int32_t cameras[] = { 1, 3 };
    const cctv_series_filter_t filter = {
        .cameras = flags & IS_FILTERED ? cameras : NULL,
        .count = 2,
        .idle_days = flags & IS_FILTERED ? 30 : 0,
    };
    const cctv_state_time_t time = {
        .now = NOW + (flags & IS_LATER ? 35000000 : 0),
        .day = 120,
    };
    cctv_state_report_t report;

    cctv_series_set_filter(&filter);
    memcpy(memory, new_memory, sizeof memory);
    if (cctv_state_read(&segment, file, len,
                        flags & OF_OTHER_BOOT ? "other\n" : BOOT_ID, &time,
                        false, &report)
        == CCTV_STATE_OK) {
        check_sessions(&report, time.now);
        check_series();
    }
    else {
        CHECK(memcmp(memory, new_memory, sizeof memory) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char made[FILE_SIZE];
    size_t len = size;
    char *file;

    if (right_size == 0) {
        make_right();
    }
    if (size == 0) {
        return 0;
    }
    switch (data[0] % 16 % MODES) {
    case PATCH:
        len = patch(made, data + 1, size - 1);
        break;
    case RECORDS:
        len = put_records(made, data + 1, size - 1);
        break;
    default:
        len = size - 1 < FILE_SIZE ? size - 1 : FILE_SIZE;
        memcpy(made, data + 1, len);
    }
    /* A copy of the exact size, so that a sanitizer sees a read beyond it. */
    file = malloc(len > 0 ? len : 1);
    CHECK(file != NULL);
    memcpy(file, made, len);
    load(file, len, data[0]);
    free(file);
    return 0;
}
