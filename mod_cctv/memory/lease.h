/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lease.h
 * @brief Gives the background work to one process, so that no two processes do
 *        it at the same time.
 * Layer: pure.
 *
 * mod_watchdog runs a singleton in one child, but around a reload a child of
 * the old generation and one of the new may overlap. A lease is one 64-bit
 * word in shared memory:
 *
 *     22 bits  process id, 0: no process
 *     42 bits  when the process last renewed the lease: ms of CLOCK_MONOTONIC
 *
 * Every change is one compare-and-swap, so exactly one process gets the lease.
 * A process that has died, or has not renewed the lease for CCTV_LEASE_AGE,
 * loses it. No other data depends on the word, so relaxed order is enough. If
 * a process was stopped for longer than CCTV_LEASE_AGE in the middle of its
 * work, it may continue at the same time as its successor. The work has to be
 * safe in this case.
 */
#ifndef CCTV_MEMORY_LEASE_H
#define CCTV_MEMORY_LEASE_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** µs after which a lease that was not renewed is lost. */
#define CCTV_LEASE_AGE 10000000

/** Take or renew a lease. @return whether this process has it now */
bool cctv_lease_take(_Atomic uint64_t *lease, cctv_time_t now);

#endif
