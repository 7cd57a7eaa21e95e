/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file told.h
 * @brief Which faults of a database the log has, so that each is told once, and
 *        never two in a second.
 * Layer: pure.
 *
 * In memory that all processes share. If two of them look at the same moment,
 * one fault may be told late, or two of them may be told at once.
 */
#ifndef CCTV_DATABASE_TOLD_H
#define CCTV_DATABASE_TOLD_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** The least time between two lines of one database: µs. */
#define CCTV_TOLD_PAUSE 1000000
/** After this time a fault that nobody forgets is told again: µs. */
#define CCTV_TOLD_AGAIN INT64_C(600000000)
/** A fault that is forgotten when it is over is told once. */
#define CCTV_TOLD_ONCE INT64_MAX
/** So many faults can be remembered at a time. */
#define CCTV_TOLD_FAULTS 4

/** All zero at the start. */
typedef struct {
    struct {
        _Atomic uint32_t fault; /* 0: none */
        _Atomic cctv_time_t at;
    } faults[CCTV_TOLD_FAULTS];
    _Atomic cctv_time_t last;
} cctv_told_t;

/** The number of a fault that has a name, such as a SQLSTATE. Never 0. */
uint32_t cctv_told_number(const char *name);

/**
 * Whether a fault is to be told now. If so, it counts as told. Thread-safe;
 * never blocks.
 *
 * @param again  CCTV_TOLD_AGAIN or CCTV_TOLD_ONCE
 */
bool cctv_told_ask(cctv_told_t *told, uint32_t fault, int64_t again,
                   cctv_time_t now);

/**
 * A fault is over: the next time it is told again.
 * @return whether it had been told
 */
bool cctv_told_forget(cctv_told_t *told, uint32_t fault);

#endif
