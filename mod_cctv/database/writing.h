/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writing.h
 * @brief Remembers, for all processes, that a database refuses to be written to:
 *        a standby, or default_transaction_read_only.
 * Layer: pure.
 *
 * Writes then pause, and one of them tries again from time to time. When one
 * succeeds, the database can be written to, but connections that are older may
 * still lead to the server that refused. They are replaced when they are used.
 */
#ifndef CCTV_DATABASE_WRITING_H
#define CCTV_DATABASE_WRITING_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>

/** How long writes pause after one was refused: µs. */
#define CCTV_WRITING_PAUSE 2000000

/** In memory that all processes share. All zero: it can be written to. */
typedef struct {
    _Atomic cctv_time_t retry_at; /* 0: it can be written to */
    _Atomic cctv_time_t stale_before;
} cctv_writing_t;

/** Whether the database is known to be read-only. */
static inline bool cctv_writing_is_off(const cctv_writing_t *writing)
{
    return atomic_load_explicit(&writing->retry_at, memory_order_relaxed) != 0;
}

/**
 * Whether a write may be sent. While the database is read-only, one caller in
 * each CCTV_WRITING_PAUSE may. Thread-safe; never blocks.
 */
bool cctv_writing_ask(cctv_writing_t *writing, cctv_time_t now);

/** A write was refused. @return whether the database was not read-only before */
bool cctv_writing_refused(cctv_writing_t *writing, cctv_time_t now);

/**
 * A write has succeeded.
 *
 * @param since  when its connection was made
 * @return whether the database was read-only before
 */
bool cctv_writing_done(cctv_writing_t *writing, cctv_time_t since);

/** Whether a connection that was made then has to be replaced. */
static inline bool cctv_writing_is_stale(const cctv_writing_t *writing,
                                         cctv_time_t since)
{
    return since < atomic_load_explicit(&writing->stale_before,
                                        memory_order_relaxed);
}

#endif
