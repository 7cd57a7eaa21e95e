/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file single.h
 * @brief Work that only one process at a time does, coordinated in shared
 *        memory.
 * Layer: pure.
 *
 * No process waits: if another process does the work, cctv_single_enter()
 * returns false and the caller skips it. If a process is killed while it does
 * the work, the next one may enter. This is meant for background work that is
 * repeated soon, such as a sweep. It is needed because two watchdogs may
 * overlap for a moment after a reload.
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

/** Zero at the start. */
typedef _Atomic uint64_t cctv_single_t;

/**
 * @param ticket  to be passed to cctv_single_leave()
 * @return false: another process or thread does the work
 */
bool cctv_single_enter(cctv_single_t *single, cctv_time_t now,
                       uint64_t *ticket);

void cctv_single_leave(cctv_single_t *single, uint64_t ticket);

#endif
