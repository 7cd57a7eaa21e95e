/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_runtime.c
 * @brief Pointers that a part keeps for each server or virtual host at run
 *        time.
 * Layer: httpd.
 */
#include "config/mod_runtime.h"

#include "config/mod_settings.h"

#include <stdlib.h>

static int last_number;

void *cctv_runtime_get(const server_rec *s, const cctv_runtime_slot_t *slot)
{
    return slot->number == 0 ? NULL : cctv_settings_slots(s)[slot->number - 1];
}

void cctv_runtime_set(server_rec *s, cctv_runtime_slot_t *slot, void *value)
{
    if (slot->number == 0) {
        if (last_number == CCTV_RUNTIME_SLOTS) {
            /* Raise CCTV_RUNTIME_SLOTS. */
            abort();
        }
        slot->number = ++last_number;
    }
    cctv_settings_slots(s)[slot->number - 1] = value;
}
