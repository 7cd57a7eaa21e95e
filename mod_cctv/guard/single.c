/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file single.c
 * @brief Work that only one process at a time does, coordinated in shared
 *        memory.
 * Layer: pure.
 */
#include "guard/single.h"

#include <unistd.h>

/* A ticket holds the process id and the time of entry in ms. Linux has no
 * process ids above PID_MAX_LIMIT. */
#define PID_BITS 22

/* µs. An older ticket with the id of this process belongs to a dead process
 * whose id was reused. */
#define AGE_MAX 60000000

bool cctv_single_is_dead(pid_t pid)
{
    return getpgid(pid) != getpgrp();
}

static bool is_dead(uint64_t ticket, cctv_time_t now)
{
    pid_t pid = (pid_t)(ticket & ((UINT64_C(1) << PID_BITS) - 1));
    cctv_time_t since = (cctv_time_t)(ticket >> PID_BITS) * 1000;

    return cctv_single_is_dead(pid)
           || (pid == getpid() && now - since > AGE_MAX);
}

bool cctv_single_enter(cctv_single_t *single, cctv_time_t now,
                       uint64_t *ticket)
{
    uint64_t inside = atomic_load(single);

    *ticket = (uint64_t)(now / 1000) << PID_BITS | (uint64_t)getpid();
    return (inside == 0 || is_dead(inside, now))
           && atomic_compare_exchange_strong(single, &inside, *ticket);
}

void cctv_single_leave(cctv_single_t *single, uint64_t ticket)
{
    atomic_compare_exchange_strong(single, &ticket, 0);
}
