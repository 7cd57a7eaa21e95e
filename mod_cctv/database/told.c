/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file told.c
 * @brief Which faults of a database the log has, so that each is told once, and
 *        never two in a second.
 * Layer: pure.
 */
#include "database/told.h"

uint32_t cctv_told_number(const char *name)
{
    uint32_t number = 1;

    for (; *name != '\0'; name++) {
        number = number * 37 + (unsigned char)*name;
    }
    return number == 0 ? 1 : number;
}

/* The place of a fault, or else the one that was told longest ago. */
static int place_of(cctv_told_t *told, uint32_t fault)
{
    int oldest = 0;
    int i;

    for (i = 0; i < CCTV_TOLD_FAULTS; i++) {
        if (atomic_load(&told->faults[i].fault) == fault) {
            return i;
        }
        if (atomic_load(&told->faults[i].at)
            < atomic_load(&told->faults[oldest].at)) {
            oldest = i;
        }
    }
    return oldest;
}

bool cctv_told_ask(cctv_told_t *told, uint32_t fault, int64_t again,
                   cctv_time_t now)
{
    int i = place_of(told, fault);
    cctv_time_t last = atomic_load(&told->last);

    if (atomic_load(&told->faults[i].fault) == fault
        && now - atomic_load(&told->faults[i].at) < again) {
        return false;
    }
    if ((last != 0 && now - last < CCTV_TOLD_PAUSE)
        || !atomic_compare_exchange_strong(&told->last, &last, now)) {
        return false;
    }
    atomic_store(&told->faults[i].at, now);
    atomic_store(&told->faults[i].fault, fault);
    return true;
}

bool cctv_told_forget(cctv_told_t *told, uint32_t fault)
{
    int i = place_of(told, fault);

    return atomic_load_explicit(&told->faults[i].fault, memory_order_relaxed)
               == fault
           && atomic_compare_exchange_strong(&told->faults[i].fault, &fault,
                                             0);
}
