/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segment.c
 * @brief What all processes share: one piece of memory and what lies in it.
 * Layer: pure.
 */
#include "shared/segment.h"

#include "apr_siphash.h"

#include <sys/random.h>

/* "cctvshm" and a byte that no text has. */
#define MAGIC UINT64_C(0x6363747673686dd9)

#define HEAD_SIZE ((sizeof(cctv_head_t) + 63) / 64 * 64)

/* Whoever forgets to raise the version mostly changes the size. */
#define LAYOUT ((uint64_t)CCTV_SEGMENT_VERSION << 32 | sizeof(cctv_head_t))

_Static_assert(CCTV_KEY_SIZE == APR_SIPHASH_KSIZE, "not a key of SipHash");

size_t cctv_segment_size(uint32_t max_sessions, uint32_t max_series)
{
    return HEAD_SIZE + cctv_sessions_size(max_sessions)
           + cctv_places_size(max_sessions) + cctv_audience_size(max_sessions) + cctv_series_size(max_series);
}

bool cctv_segment_init(void *memory, uint32_t max_sessions,
                       uint32_t max_series, int64_t started)
{
    cctv_head_t *head = memory;

    if (getrandom(head->key, sizeof head->key, 0) != sizeof head->key) {
        return false;
    }
    head->max_sessions = max_sessions;
    head->max_series = max_series;
    head->started = started;
    head->layout = LAYOUT;
    head->magic = MAGIC;
    return true;
}

bool cctv_segment_is_ours(const void *memory)
{
    const cctv_head_t *head = memory;

    return head->magic == MAGIC && head->layout == LAYOUT;
}

void cctv_segment_open(cctv_shared_t *shared, void *memory)
{
    cctv_head_t *head = memory;
    char *at = (char *)memory + HEAD_SIZE;

    shared->head = head;
    cctv_sessions_open(&shared->sessions, at, head->max_sessions);
    at += cctv_sessions_size(head->max_sessions);
    cctv_places_open(&shared->places, at, head->max_sessions);
    at += cctv_places_size(head->max_sessions);
    cctv_audience_open(&shared->audience, at, head->max_sessions);
    at += cctv_audience_size(head->max_sessions);
    cctv_series_open(&shared->series, at, head->max_series);
}

uint64_t cctv_segment_hash(const cctv_shared_t *shared, const void *data,
                           size_t len)
{
    uint64_t hash = apr_siphash24(data, len, shared->head->key);

    return hash == 0 ? 1 : hash;
}
