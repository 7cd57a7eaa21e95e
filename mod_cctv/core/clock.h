/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file clock.h
 * @brief The clock for deadlines.
 * Layer: pure.
 */
#ifndef CCTV_CORE_CLOCK_H
#define CCTV_CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

/**
 * A point in time in microseconds on CLOCK_MONOTONIC. The clock is the same
 * for all processes of the machine, and stepping the wall clock does not
 * change it.
 */
typedef int64_t cctv_time_t;

/** The current time. Thread-safe, never fails. */
static inline cctv_time_t cctv_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (cctv_time_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/** The current day of the wall clock, in days since 1970-01-01. */
static inline uint16_t cctv_today(void)
{
    return (uint16_t)(time(NULL) / 86400);
}

#endif
