/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied.c
 * @brief The Janus sessions of browsers (proxy transport), and the cameras
 *        whose pin has to change, in shared memory.
 * Layer: pure.
 */
#include "video/proxied.h"

/* The entries of a cache line. A Janus session can be in any entry of its
 * line. */
#define WAYS (64 / (int)sizeof(cctv_proxied_entry_t))

#define TAG(word) ((uint32_t)((word) >> 32))

typedef struct {
    uint32_t line;
    uint32_t tag; /* never 0 */
} proxied_at_t;

static proxied_at_t where_is(uint64_t janus)
{
    uint64_t hash = janus * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t tag = (uint32_t)(hash >> 32);

    return (proxied_at_t){
        .line = (uint32_t)(janus % (CCTV_PROXIED_SIZE / WAYS) * WAYS),
        .tag = tag == 0 ? 1 : tag
    };
}

/* @return the entry with this tag; CCTV_PROXIED_SIZE: there is none */
static uint32_t find_tag(const cctv_proxied_t *proxied, uint32_t line,
                         uint32_t tag)
{
    uint32_t i;

    for (i = line; i < line + WAYS; i++) {
        if (TAG(atomic_load(&proxied->entries[i].word)) == tag) {
            return i;
        }
    }
    return CCTV_PROXIED_SIZE;
}

void cctv_proxied_put(cctv_proxied_t *proxied, uint64_t janus, uint64_t handle,
                      uint32_t slot)
{
    proxied_at_t at = where_is(janus);
    uint32_t i = find_tag(proxied, at.line, at.tag);

    if (i == CCTV_PROXIED_SIZE) {
        i = find_tag(proxied, at.line, 0);
    }
    if (i == CCTV_PROXIED_SIZE) {
        /* The line is full: overwrite any entry. */
        i = at.line + at.tag % WAYS;
    }
    atomic_store(&proxied->entries[i].handle, handle);
    atomic_store(&proxied->entries[i].word, (uint64_t)at.tag << 32 | slot);
}

bool cctv_proxied_get(const cctv_proxied_t *proxied, uint64_t janus,
                      uint64_t *handle, uint32_t *slot)
{
    proxied_at_t at = where_is(janus);
    uint32_t i = find_tag(proxied, at.line, at.tag);
    uint64_t word = i == CCTV_PROXIED_SIZE
                        ? 0
                        : atomic_load(&proxied->entries[i].word);

    if (TAG(word) != at.tag) {
        return false;
    }
    *slot = (uint32_t)word;
    *handle = atomic_load(&proxied->entries[i].handle);
    return true;
}

void cctv_proxied_remove(cctv_proxied_t *proxied, uint64_t janus)
{
    proxied_at_t at = where_is(janus);
    uint32_t i = find_tag(proxied, at.line, at.tag);

    if (i != CCTV_PROXIED_SIZE) {
        atomic_store(&proxied->entries[i].word, 0);
    }
}

void cctv_proxied_pin_is_old(cctv_proxied_t *proxied, int32_t camera)
{
    int32_t found;
    int i;

    for (i = 0; i < CCTV_PROXIED_PINS; i++) {
        found = 0;
        if (atomic_compare_exchange_strong(&proxied->pins[i], &found, camera)
            || found == camera) {
            return;
        }
    }
    cctv_proxied_all_pins_are_old(proxied);
}

void cctv_proxied_all_pins_are_old(cctv_proxied_t *proxied)
{
    atomic_store(&proxied->are_all_pins_old, true);
}

bool cctv_proxied_has_old_pins(const cctv_proxied_t *proxied)
{
    int i;

    for (i = 0; i < CCTV_PROXIED_PINS; i++) {
        if (atomic_load(&proxied->pins[i]) != 0) {
            return true;
        }
    }
    return atomic_load(&proxied->are_all_pins_old);
}

int32_t cctv_proxied_take_pin(cctv_proxied_t *proxied)
{
    int32_t camera;
    int i;

    for (i = 0; i < CCTV_PROXIED_PINS; i++) {
        camera = atomic_load(&proxied->pins[i]);
        if (camera != 0
            && atomic_compare_exchange_strong(&proxied->pins[i], &camera, 0)) {
            return camera;
        }
    }
    return 0;
}

bool cctv_proxied_take_all_pins(cctv_proxied_t *proxied)
{
    return atomic_load(&proxied->are_all_pins_old)
           && atomic_exchange(&proxied->are_all_pins_old, false);
}
