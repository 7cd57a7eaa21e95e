/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file follower.c
 * @brief What is sent next to a client that reads server-sent events.
 * Layer: pure.
 */
#include "push/follower.h"

#include "push/answer.h"

#include <stdio.h>
#include <string.h>

#define RAW(json, literal) cctv_json_raw(json, literal, sizeof(literal) - 1)

static void write_id(cctv_follower_t *follower, cctv_json_t *out)
{
    char text[CCTV_CURSOR_SIZE];

    cctv_cursor_write(&follower->cursor, text);
    RAW(out, "id: ");
    cctv_json_raw(out, text, strlen(text));
    RAW(out, "\n");
    follower->sent = follower->cursor.number;
}

void cctv_follower_write_retry(unsigned delay, cctv_json_t *out)
{
    char text[32];

    cctv_json_raw(out, text,
                  (size_t)snprintf(text, sizeof text, "retry: %u\n\n", delay));
}

/* Start anew: at the newest changes of the present epoch. */
static void restart(const cctv_push_t *push, const cctv_catalogue_t *catalogue,
                    cctv_follower_t *follower, cctv_time_t now)
{
    follower->cursor.epoch = cctv_ring_epoch(&push->ring, follower->which);
    follower->cursor.number = cctv_batch_start(push, catalogue, now);
}

static void write_cursor(cctv_follower_t *follower, cctv_json_t *out)
{
    write_id(follower, out);
    RAW(out, "data: ");
    cctv_answer_write_cursor(&follower->cursor, out);
    RAW(out, "\n\n");
}

static void write_reset(const cctv_push_t *push,
                        const cctv_catalogue_t *catalogue,
                        cctv_follower_t *follower, cctv_time_t now,
                        cctv_json_t *out)
{
    restart(push, catalogue, follower, now);
    RAW(out, "event: reset\n");
    write_cursor(follower, out);
    cctv_count(&push->counters->resets);
}

static bool is_known(const cctv_push_t *push, const cctv_follower_t *follower)
{
    return follower->cursor.epoch
               == cctv_ring_epoch(&push->ring, follower->which)
           && cctv_ring_has(&push->ring, follower->cursor.number);
}

void cctv_follower_begin(const cctv_push_t *push,
                         const cctv_catalogue_t *catalogue,
                         cctv_follower_t *follower, uint32_t roles,
                         const cctv_cursor_t *after, cctv_time_t now,
                         cctv_json_t *out)
{
    char text[32];

    /* The time is as good as a random number here. */
    cctv_json_raw(out, text,
                  (size_t)snprintf(text, sizeof text, "retry: %d\n",
                                   CCTV_FOLLOWER_RETRY
                                       + (int)(now % CCTV_FOLLOWER_SPREAD)));
    follower->which = catalogue->which;
    follower->sent_at = now;
    if (after == NULL) {
        restart(push, catalogue, follower, now);
        follower->cursor.roles = roles;
        write_cursor(follower, out);
        return;
    }
    follower->cursor = *after;
    follower->cursor.roles = roles;
    follower->sent = after->number;
    if (after->roles != roles || !is_known(push, follower)) {
        write_reset(push, catalogue, follower, now, out);
        return;
    }
    RAW(out, "\n");
}

bool cctv_follower_is_due(const cctv_push_t *push,
                          const cctv_follower_t *follower, cctv_time_t now)
{
    return now - follower->sent_at >= CCTV_FOLLOWER_QUIET
           || follower->cursor.number != cctv_ring_last(&push->ring)
           || follower->cursor.epoch
                  != cctv_ring_epoch(&push->ring, follower->which);
}

/* Make `batch` the one after the cursor. @return false: it cannot be read */
static bool get_batch(const cctv_push_t *push,
                      const cctv_catalogue_t *catalogue,
                      const cctv_follower_t *follower, cctv_batch_t *batch)
{
    bool is_read = (batch->catalogue == catalogue
                    && batch->from == follower->cursor.number)
                   || cctv_batch_read(push, catalogue, follower->cursor.number,
                                      batch);

    if (!is_read) {
        batch->catalogue = NULL;
    }
    return is_read && batch->epoch == follower->cursor.epoch;
}

/* @return whether there is more */
static bool write_batch(const cctv_push_t *push, cctv_follower_t *follower,
                        const cctv_batch_t *batch, cctv_json_t *out)
{
    follower->cursor.number = batch->until;
    if (cctv_answer_is_due(batch, follower->interest)) {
        write_id(follower, out);
        RAW(out, "data: ");
        cctv_answer_write(batch, follower->interest, &follower->cursor, false,
                          out);
        RAW(out, "\n\n");
        cctv_count(&push->counters->events);
    }
    return batch->has_more;
}

void cctv_follower_write(const cctv_push_t *push,
                         const cctv_catalogue_t *catalogue,
                         cctv_follower_t *follower, cctv_batch_t *batch,
                         cctv_time_t now, cctv_json_t *out)
{
    size_t before = out->len;
    bool has_more = true;

    while (has_more && out->len - before < CCTV_FOLLOWER_PIECE) {
        if (!get_batch(push, catalogue, follower, batch)) {
            write_reset(push, catalogue, follower, now, out);
            break;
        }
        has_more = write_batch(push, follower, batch, out);
    }
    if (out->len == before && now - follower->sent_at >= CCTV_FOLLOWER_QUIET) {
        RAW(out, ":\n");
        if (follower->sent != follower->cursor.number) {
            write_id(follower, out);
        }
        RAW(out, "\n");
    }
    if (out->len > before) {
        follower->sent_at = now;
    }
}
