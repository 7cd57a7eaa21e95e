/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file clock.h
 * @brief The time of this program: µs of the real-time clock, as the kernel
 *        stamps packets.
 */
#ifndef LOAD_CLOCK_H
#define LOAD_CLOCK_H

#include <stdint.h>
#include <time.h>

#define LOAD_SECOND INT64_C(1000000)

typedef int64_t load_time_t;

static inline load_time_t load_time_of(struct timespec time)
{
    return (int64_t)time.tv_sec * LOAD_SECOND + time.tv_nsec / 1000;
}

static inline load_time_t load_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return load_time_of(time);
}

#endif
