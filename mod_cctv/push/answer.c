/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.c
 * @brief Writes what a client is told of a batch, as JSON.
 * Layer: pure.
 */
#include "push/answer.h"

#include "cameras/counts.h"
#include "cameras/since.h"

#include <stdio.h>
#include <string.h>

#define RAW(json, literal) cctv_json_raw(json, literal, sizeof(literal) - 1)

bool cctv_answer_is_due(const cctv_batch_t *batch,
                        const cctv_interest_t *interest)
{
    int next;
    int at;

    for (at = 0; at < batch->count; at = next) {
        if (cctv_batch_judge(batch, interest, at, &next) != CCTV_NEWS_NONE) {
            return true;
        }
    }
    return false;
}

static void write_feature(const cctv_catalogue_t *catalogue, int index,
                          cctv_json_t *json)
{
    if (cctv_json_reserve(json,
                          cctv_catalogue_feature_max(catalogue, index))) {
        char *from = json->data + json->len;
        const char *end = cctv_catalogue_put_feature(catalogue, index, from,
                                                     NULL);

        json->len += (size_t)(end - from);
    }
}

static void write_id(int32_t id, cctv_json_t *json)
{
    char text[16];

    cctv_json_raw(json, text,
                  (size_t)snprintf(text, sizeof text, "%d", (int)id));
}

/* Write all news of a kind, and of a status if `status` is not negative. */
static void write_news(const cctv_batch_t *batch,
                       const cctv_interest_t *interest, cctv_news_t kind,
                       int status, cctv_json_t *json)
{
    const char *comma = "";
    int next;
    int at;

    RAW(json, "[");
    for (at = 0; at < batch->count; at = next) {
        const cctv_step_t *step = &batch->steps[at];

        if (cctv_batch_judge(batch, interest, at, &next) != kind
            || (status >= 0 && step->now.status != status)) {
            continue;
        }
        cctv_json_raw(json, comma, strlen(comma));
        comma = ",";
        if (kind == CCTV_NEWS_CHANGED) {
            write_feature(batch->catalogue, step->index, json);
        }
        else {
            write_id(step->change.id, json);
        }
    }
    RAW(json, "]");
}

/* Whether a client is told a new status of this kind. */
static bool has_status(const cctv_batch_t *batch,
                       const cctv_interest_t *interest, int status)
{
    int next;
    int at;

    for (at = 0; at < batch->count; at = next) {
        if (cctv_batch_judge(batch, interest, at, &next) == CCTV_NEWS_STATUS
            && batch->steps[at].now.status == status) {
            return true;
        }
    }
    return false;
}

static void write_statuses(const cctv_batch_t *batch,
                           const cctv_interest_t *interest, cctv_json_t *json)
{
    const char *comma = "";
    int status;

    RAW(json, "{");
    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        const char *label = cctv_camera_status_labels[status];

        if (has_status(batch, interest, status)) {
            cctv_json_raw(json, comma, strlen(comma));
            comma = ",";
            RAW(json, "\"");
            cctv_json_raw(json, label, strlen(label));
            RAW(json, "\":");
            write_news(batch, interest, CCTV_NEWS_STATUS, status, json);
        }
    }
    RAW(json, "}");
}

/* Since when the cameras have the statuses, by id; only if any is known. */
static void write_times(const cctv_batch_t *batch,
                        const cctv_interest_t *interest, cctv_json_t *json)
{
    const char *start = ",\"status_since\":{\"";
    bool is_any = false;
    int next;
    int at;

    for (at = 0; at < batch->count; at = next) {
        const cctv_step_t *step = &batch->steps[at];
        char text[CCTV_SINCE_TEXT_SIZE];

        if (cctv_batch_judge(batch, interest, at, &next) != CCTV_NEWS_STATUS
            || step->since == 0) {
            continue;
        }
        cctv_json_raw(json, start, strlen(start));
        start = ",\"";
        is_any = true;
        write_id(step->change.id, json);
        cctv_since_put_text(text, step->since);
        RAW(json, "\":\"");
        cctv_json_raw(json, text, sizeof text);
        RAW(json, "\"");
    }
    if (is_any) {
        RAW(json, "}");
    }
}

static void begin(const cctv_cursor_t *cursor, cctv_json_t *json)
{
    char text[CCTV_CURSOR_SIZE];

    cctv_cursor_write(cursor, text);
    RAW(json, "{\"cursor\":\"");
    cctv_json_raw(json, text, strlen(text));
    RAW(json, "\"");
}

void cctv_answer_write(const cctv_batch_t *batch,
                       const cctv_interest_t *interest,
                       const cctv_cursor_t *cursor, bool has_more,
                       cctv_json_t *json)
{
    begin(cursor, json);
    RAW(json, ",\"changed\":");
    write_news(batch, interest, CCTV_NEWS_CHANGED, -1, json);
    RAW(json, ",\"gone\":");
    write_news(batch, interest, CCTV_NEWS_GONE, -1, json);
    RAW(json, ",\"status\":");
    write_statuses(batch, interest, json);
    write_times(batch, interest, json);
    if (has_more) {
        RAW(json, ",\"more\":true");
    }
    RAW(json, "}");
}

void cctv_answer_write_cursor(const cctv_cursor_t *cursor, cctv_json_t *json)
{
    begin(cursor, json);
    RAW(json, "}");
}
