/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied.c
 * @brief The cameras that the Janus sessions of browsers (proxy transport) may
 *        watch, in shared memory.
 * Layer: pure.
 */
#include "video/proxied.h"

/* The entries of a cache line. A Janus session can be in any entry of its
 * line. */
#define WAYS 8

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
        if (TAG(atomic_load(&proxied->entries[i])) == tag) {
            return i;
        }
    }
    return CCTV_PROXIED_SIZE;
}

void cctv_proxied_put(cctv_proxied_t *proxied, uint64_t janus, int32_t camera)
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
    atomic_store(&proxied->entries[i],
                 (uint64_t)at.tag << 32 | (uint32_t)camera);
}

int32_t cctv_proxied_get(const cctv_proxied_t *proxied, uint64_t janus)
{
    proxied_at_t at = where_is(janus);
    uint32_t i = find_tag(proxied, at.line, at.tag);
    uint64_t word = i == CCTV_PROXIED_SIZE ? 0
                                           : atomic_load(&proxied->entries[i]);

    return TAG(word) == at.tag ? (int32_t)(uint32_t)word : 0;
}

void cctv_proxied_remove(cctv_proxied_t *proxied, uint64_t janus)
{
    proxied_at_t at = where_is(janus);
    uint32_t i = find_tag(proxied, at.line, at.tag);

    if (i != CCTV_PROXIED_SIZE) {
        atomic_store(&proxied->entries[i], 0);
    }
}
