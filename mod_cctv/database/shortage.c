/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file shortage.c
 * @brief What the processes of an Apache tell each other while PostgreSQL
 *        refuses further connections.
 * Layer: pure.
 */
#include "database/shortage.h"

#include "core/thread.h"

/* For how long PostgreSQL counts as short of connections after it has refused
 * one; the length of a turn; how often a process repeats its question: µs. */
#define SHORT_TIME 60000000
#define TURN_TIME  500000
#define ASK_PAUSE  200000

void cctv_shortage_note(cctv_shortage_t *shortage)
{
    atomic_store(&shortage->short_until, cctv_now() + SHORT_TIME);
}

bool cctv_shortage_is_known(cctv_shortage_t *shortage)
{
    return cctv_now() < atomic_load(&shortage->short_until);
}

bool cctv_shortage_is_wanted(cctv_shortage_t *shortage)
{
    return atomic_load_explicit(&shortage->is_wanted, memory_order_relaxed)
           != 0;
}

bool cctv_turn_take(cctv_shortage_t *shortage, cctv_turn_t *turn)
{
    cctv_time_t now = cctv_now();
    cctv_time_t ends = atomic_load(&shortage->turn);

    if (turn->is_mine) {
        atomic_store(&shortage->turn, now + TURN_TIME);
    }
    else if (now < ends
             || !atomic_compare_exchange_strong(&shortage->turn, &ends,
                                                now + TURN_TIME)) {
        return false;
    }
    if (!turn->is_mine || now - turn->asked_at > ASK_PAUSE) {
        turn->is_mine = true;
        turn->asked_at = now;
        atomic_store(&shortage->is_wanted, 1);
        cctv_futex_wake(&shortage->is_wanted);
    }
    return true;
}

void cctv_turn_end(cctv_shortage_t *shortage, cctv_turn_t *turn)
{
    if (turn->is_mine) {
        turn->is_mine = false;
        atomic_store(&shortage->is_wanted, 0);
        atomic_store(&shortage->turn, 0);
    }
}

bool cctv_shortage_grant(cctv_shortage_t *shortage, const cctv_turn_t *turn)
{
    uint32_t wanted = 1;

    return cctv_shortage_is_wanted(shortage) && !turn->is_mine
           && atomic_compare_exchange_strong(&shortage->is_wanted, &wanted, 0);
}
