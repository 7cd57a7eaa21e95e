/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.h
 * @brief Writes what a client is told of a batch, as JSON.
 * Layer: pure.
 */
#ifndef CCTV_PUSH_ANSWER_H
#define CCTV_PUSH_ANSWER_H

#include "json/writer.h"
#include "push/batch.h"
#include "push/cursor.h"

/**
 * Whether a client is told anything of a batch. Thread-safe.
 */
bool cctv_answer_is_due(const cctv_batch_t *batch,
                        const cctv_interest_t *interest);

/**
 * Write `{"cursor":…,"changed":[…],"gone":[…],"status":{…}}`, in one line.
 *
 * @param has_more  whether to add `"more":true`
 * Thread-safe.
 */
void cctv_answer_write(const cctv_batch_t *batch,
                       const cctv_interest_t *interest,
                       const cctv_cursor_t *cursor, bool has_more,
                       cctv_json_t *json);

/** Write `{"cursor":…}`. Thread-safe. */
void cctv_answer_write_cursor(const cctv_cursor_t *cursor, cctv_json_t *json);

#endif
