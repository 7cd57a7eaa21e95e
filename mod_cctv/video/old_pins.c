/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file old_pins.c
 * @brief The mountpoints whose pin has to change, in shared memory.
 * Layer: pure.
 */
#include "video/old_pins.h"

void cctv_old_pins_add(cctv_old_pins_t *pins, int64_t id)
{
    int64_t found;
    int i;

    for (i = 0; i < CCTV_OLD_PINS_MAX; i++) {
        found = 0;
        if (atomic_compare_exchange_strong(&pins->ids[i], &found, id)
            || found == id) {
            return;
        }
    }
    cctv_old_pins_add_all(pins);
}

void cctv_old_pins_add_all(cctv_old_pins_t *pins)
{
    atomic_store(&pins->are_all_old, true);
}

bool cctv_old_pins_has(const cctv_old_pins_t *pins)
{
    int i;

    for (i = 0; i < CCTV_OLD_PINS_MAX; i++) {
        if (atomic_load(&pins->ids[i]) != 0) {
            return true;
        }
    }
    return atomic_load(&pins->are_all_old);
}

int64_t cctv_old_pins_take(cctv_old_pins_t *pins)
{
    int64_t id;
    int i;

    for (i = 0; i < CCTV_OLD_PINS_MAX; i++) {
        id = atomic_load(&pins->ids[i]);
        if (id != 0 && atomic_compare_exchange_strong(&pins->ids[i], &id, 0)) {
            return id;
        }
    }
    return 0;
}

bool cctv_old_pins_take_all(cctv_old_pins_t *pins)
{
    return atomic_load(&pins->are_all_old)
           && atomic_exchange(&pins->are_all_old, false);
}
