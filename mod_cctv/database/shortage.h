/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file shortage.h
 * @brief What the processes of an Apache tell each other while PostgreSQL
 *        refuses further connections.
 * Layer: pure.
 *
 * A process without any connection waits for its turn, asks the others to
 * close a connection, and makes one in its place. One process at a time has
 * the turn, so that the place goes to the process that has asked for it.
 */
#ifndef CCTV_DATABASE_SHORTAGE_H
#define CCTV_DATABASE_SHORTAGE_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** In memory that all processes share. All zero at the start. */
typedef struct {
    /** Until then PostgreSQL counts as short of connections. */
    _Atomic cctv_time_t short_until;
    /** Until then one process has the turn. */
    _Atomic cctv_time_t turn;
    /**
     * 1: the process whose turn it is wants another process to close a
     * connection. A futex.
     */
    _Atomic uint32_t is_wanted;
} cctv_shortage_t;

/** What one process knows about its own turn. All zero at the start. */
typedef struct {
    bool is_mine;
    cctv_time_t asked_at; /* when it last asked the others */
} cctv_turn_t;

/** PostgreSQL has refused a connection (53300). */
void cctv_shortage_note(cctv_shortage_t *shortage);

/** Whether PostgreSQL has refused a connection within the last minute. */
bool cctv_shortage_is_known(cctv_shortage_t *shortage);

/** Whether a process waits for another one to close a connection. */
bool cctv_shortage_is_wanted(cctv_shortage_t *shortage);

/**
 * Take the turn, or keep it. It expires after half a second, in case the
 * process has died. While a process has it, the others are asked from time to
 * time.
 *
 * @return whether it is the turn of this process
 */
bool cctv_turn_take(cctv_shortage_t *shortage, cctv_turn_t *turn);

/** End the turn, if this process has it. */
void cctv_turn_end(cctv_shortage_t *shortage, cctv_turn_t *turn);

/**
 * If another process wants a connection, exactly one of the processes that
 * notice it closes one. @return whether it is this process
 */
bool cctv_shortage_grant(cctv_shortage_t *shortage, const cctv_turn_t *turn);

#endif
