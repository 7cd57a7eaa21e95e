/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_pins.c
 * @brief Changes the pins of mountpoints that are known to viewers which may
 *        not watch any more.
 * Layer: pure.
 */
#include "video/proxied_pins.h"

/* The time limit of a change of pins, possibly of all: µs. */
#define LIMIT 5000000

/* Calls of Janus about pins. */
typedef struct {
    const cctv_mountpoint_rules_t *rules;
    cctv_old_pins_t *old;
    cctv_janus_session_t session;
    bool is_lost; /* Janus does not answer */
} pins_t;

static void change_pin(pins_t *pins, int64_t id)
{
    /* Janus refuses if there is no mountpoint any more. */
    if (pins->is_lost
        || !cctv_janus_has_answered(
            cctv_mountpoint_change_pin(&pins->session, pins->rules, id))) {
        pins->is_lost = true;
        cctv_old_pins_add(pins->old, id);
    }
}

static void change_listed(void *pins, const cctv_mountpoint_t *mountpoint)
{
    change_pin(pins, mountpoint->id);
}

static void change_all(pins_t *pins)
{
    if (cctv_old_pins_take_all(pins->old)
        && cctv_mountpoint_list(&pins->session, pins->rules, change_listed,
                                pins)
               != CCTV_JANUS_OK) {
        cctv_old_pins_add_all(pins->old);
    }
}

void cctv_proxied_pins_change(cctv_keeper_t *keeper, cctv_old_pins_t *old)
{
    pins_t pins = { .rules = &keeper->server->rules, .old = old };
    int64_t id;

    if (!cctv_old_pins_has(old)
        || !cctv_keeper_begin(keeper, LIMIT, &pins.session)) {
        return;
    }
    if (cctv_janus_open(&pins.session) == CCTV_JANUS_OK) {
        change_all(&pins);
        while (!pins.is_lost && (id = cctv_old_pins_take(old)) != 0) {
            change_pin(&pins, id);
        }
    }
    if (pins.session.id != 0) {
        cctv_discard_put(
            keeper->server->discarded,
            cctv_discard_entry(keeper->server->key, pins.session.id));
    }
    cctv_janus_end(&pins.session);
}
