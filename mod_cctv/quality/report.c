/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file report.c
 * @brief A report: the member "stats" of a heartbeat, in which a client tells
 *        how the video is on its side.
 * Layer: pure.
 */
#include "quality/report.h"

#include <stdio.h>
#include <string.h>

#define LABEL(name, label) label,

const char *const cctv_path_labels[] = { CCTV_PATH_LIST(LABEL) };
const char *const cctv_decoder_labels[] = { CCTV_DECODER_LIST(LABEL) };

static const char *const total_members[] = { CCTV_TOTAL_LIST(LABEL) };

static bool say_wrong(char *wrong, const char *member, const char *needed)
{
    snprintf(wrong, CCTV_REPORT_WRONG_SIZE,
             "\"stats.%s\" has to be %s, or left out.", member, needed);
    return false;
}

/* Read a number and multiply it by `scale`. */
static bool read_number(const json_t *stats, const char *member, double scale,
                        int64_t *number, char *wrong)
{
    const json_t *value = json_object_get(stats, member);
    double scaled;

    *number = -1;
    if (value == NULL) {
        return true;
    }
    if (!json_is_number(value)) {
        return say_wrong(wrong, member, "a number");
    }
    scaled = json_number_value(value) * scale;
    if (scaled > 0) {
        *number = scaled < UINT32_MAX ? (int64_t)scaled : UINT32_MAX;
    }
    else {
        *number = 0;
    }
    return true;
}

static bool read_word(const json_t *stats, const char *member,
                      const char *const *words, int count, const char *needed,
                      int *word, char *wrong)
{
    const json_t *value = json_object_get(stats, member);
    const char *text = json_string_value(value);

    *word = -1;
    if (value == NULL) {
        return true;
    }
    while (text != NULL && count-- > 0) {
        if (strcmp(text, words[count]) == 0) {
            *word = count;
            return true;
        }
    }
    return say_wrong(wrong, member, needed);
}

static bool read_totals(const json_t *stats, cctv_report_t *report,
                        char *wrong)
{
    int i;

    for (i = 0; i < CCTV_TOTAL_COUNT; i++) {
        if (!read_number(stats, total_members[i],
                         i == CCTV_TOTAL_FREEZE_TIME ? 1000 : 1,
                         &report->totals[i], wrong)) {
            return false;
        }
    }
    return true;
}

bool cctv_report_read(const json_t *stats, cctv_report_t *report, char *wrong)
{
    if (!json_is_object(stats)) {
        snprintf(wrong, CCTV_REPORT_WRONG_SIZE,
                 "\"stats\" has to be an object, or left out.");
        return false;
    }
    return read_number(stats, "first_picture_ms", 1, &report->first_picture,
                       wrong)
           && read_number(stats, "round_trip_ms", 1000, &report->round_trip,
                          wrong)
           && read_totals(stats, report, wrong)
           && read_word(stats, "ice_path", cctv_path_labels, CCTV_PATH_COUNT,
                        "\"host\", \"srflx\", \"prflx\" or \"relay\"",
                        &report->path, wrong)
           && read_word(stats, "decoder", cctv_decoder_labels,
                        CCTV_DECODER_COUNT, "\"hardware\" or \"software\"",
                        &report->decoder, wrong);
}
