/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file single.h
 * @brief Work that one process of several does at a time, in memory that they
 *        share.
 * Layer: pure.
 *
 * Nobody waits: a process that does not get in leaves the work to the one
 * that is inside. A process that is killed inside lets the next one in. So it
 * is for background work that is done again soon, such as a sweep: two
 * watchdogs may overlap for a moment after a reload.
 */
#ifndef CCTV_GUARD_SINGLE_H
#define CCTV_GUARD_SINGLE_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Whether a process of this server is dead. Another server's process, or any
 *  other, may have got its number meanwhile. */
bool cctv_single_is_dead(pid_t pid);

/** 0 where it is new. */
typedef _Atomic uint64_t cctv_single_t;

/**
 * @param ticket  what to pass to cctv_single_leave()
 * @return false: another process is inside, or another thread
 */
bool cctv_single_enter(cctv_single_t *single, cctv_time_t now,
                       uint64_t *ticket);

void cctv_single_leave(cctv_single_t *single, uint64_t ticket);

#endif
