/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lease.c
 * @brief Gives the background work to one process.
 * Layer: pure.
 */
#include "memory/lease.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* Linux has no process ids above PID_MAX_LIMIT. */
#define PID_BITS 22
#define PID_MASK ((UINT64_C(1) << PID_BITS) - 1)

static bool is_held_by_another(uint64_t word, uint64_t now_ms)
{
    pid_t holder = (pid_t)(word & PID_MASK);
    uint64_t renewed_ms = word >> PID_BITS;

    if (holder == 0 || holder == getpid()) {
        return false;
    }
    return now_ms < renewed_ms + CCTV_LEASE_AGE / 1000
           && (kill(holder, 0) == 0 || errno != ESRCH);
}

bool cctv_lease_take(_Atomic uint64_t *lease, cctv_time_t now)
{
    uint64_t now_ms = (uint64_t)(now / 1000);
    uint64_t word = atomic_load_explicit(lease, memory_order_relaxed);

    return !is_held_by_another(word, now_ms)
           && atomic_compare_exchange_strong_explicit(
               lease, &word, now_ms << PID_BITS | (uint64_t)getpid(),
               memory_order_relaxed, memory_order_relaxed);
}
