/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file follower.h
 * @brief What is sent next to a client that reads server-sent events.
 * Layer: pure.
 */
#ifndef CCTV_PUSH_FOLLOWER_H
#define CCTV_PUSH_FOLLOWER_H

#include "json/writer.h"
#include "push/batch.h"
#include "push/cursor.h"

/** After this time without anything else a comment is sent: µs. */
#define CCTV_FOLLOWER_QUIET INT64_C(15000000)

/** What is written at once is at most about this long: bytes. */
#define CCTV_FOLLOWER_PIECE 65536

/** After how long a client returns whose connection is lost: from the first
 *  number to the sum, so that not all of them return at once: ms. */
#define CCTV_FOLLOWER_RETRY  2000
#define CCTV_FOLLOWER_SPREAD 1000

typedef struct {
    cctv_cursor_t cursor;
    /** The number of the last cursor that the client was sent. */
    uint64_t sent;
    cctv_time_t sent_at;
    int which; /**< the catalogue */
    const cctv_interest_t *interest;
} cctv_follower_t;

/**
 * Begin with a client.
 *
 * @param follower  `interest` is set; the rest is written
 * @param roles   the hash of the roles that the client may see
 * @param after   the cursor of the client; NULL: it has none
 * @param out     what to send is appended
 */
void cctv_follower_begin(const cctv_push_t *push,
                         const cctv_catalogue_t *catalogue,
                         cctv_follower_t *follower, uint32_t roles,
                         const cctv_cursor_t *after, cctv_time_t now,
                         cctv_json_t *out);

/** Whether cctv_follower_write() may have something to send. Thread-safe. */
bool cctv_follower_is_due(const cctv_push_t *push,
                          const cctv_follower_t *follower, cctv_time_t now);

/**
 * Append what the client is to be sent now: nothing, events, or a comment.
 *
 * @param batch  the batch that was read last; it is used if it fits, otherwise
 *               the right one is read. Set batch->catalogue to NULL before
 *               the first call and whenever changes may have been added
 */
void cctv_follower_write(const cctv_push_t *push,
                         const cctv_catalogue_t *catalogue,
                         cctv_follower_t *follower, cctv_batch_t *batch,
                         cctv_time_t now, cctv_json_t *out);

/** Append the delay after which the client shall return: ms. */
void cctv_follower_write_retry(unsigned delay, cctv_json_t *out);

#endif
