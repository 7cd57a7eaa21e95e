/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writing.c
 * @brief Remembers, for all processes, that a database refuses to be written to.
 * Layer: pure.
 */
#include "database/writing.h"

bool cctv_writing_ask(cctv_writing_t *writing, cctv_time_t now)
{
    cctv_time_t retry_at = atomic_load(&writing->retry_at);

    return retry_at == 0
           || (now >= retry_at
               && atomic_compare_exchange_strong(&writing->retry_at, &retry_at,
                                                 now + CCTV_WRITING_PAUSE));
}

bool cctv_writing_refused(cctv_writing_t *writing, cctv_time_t now)
{
    return atomic_exchange(&writing->retry_at, now + CCTV_WRITING_PAUSE) == 0;
}

bool cctv_writing_done(cctv_writing_t *writing, cctv_time_t since)
{
    if (!cctv_writing_is_off(writing)
        || atomic_exchange(&writing->retry_at, 0) == 0) {
        return false;
    }
    atomic_store(&writing->stale_before, since);
    return true;
}
