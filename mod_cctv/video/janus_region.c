/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_region.c
 * @brief The state of the Janus servers in shared memory.
 * Layer: pure.
 */
#include "video/janus_region.h"

#include <string.h>

_Static_assert(CCTV_JANUS_REGIONS > CCTV_JANUS_MAX + 1, "too few regions");

int cctv_janus_regions_find(const cctv_janus_region_t *regions, uint16_t key)
{
    int i;

    for (i = 0; i < CCTV_JANUS_REGIONS && (key != 0 || i == 0); i++) {
        if (atomic_load(&regions[i].key) == key
            && atomic_load(&regions[i].is_configured)) {
            return i;
        }
    }
    return -1;
}

/* Find the region that a server had before, a new one, or one whose server is
 * gone. */
static cctv_janus_region_t *find_place(cctv_janus_region_t *regions,
                                       uint16_t key)
{
    cctv_janus_region_t *unused = NULL;
    int i;

    if (key == 0) {
        return &regions[0];
    }
    for (i = CCTV_JANUS_REGIONS - 1; i > 0; i--) {
        uint16_t other = atomic_load(&regions[i].key);

        if (other == key) {
            return &regions[i];
        }
        if (!atomic_load(&regions[i].is_configured)
            && (unused == NULL || other == 0
                || atomic_load(&unused->key) != 0)) {
            unused = &regions[i];
        }
    }
    return unused;
}

void cctv_janus_regions_claim(cctv_janus_region_t *regions,
                              const uint16_t *keys, int count)
{
    int i;
    int k;

    /* Those that keep their regions come first, so that no other server takes
     * them. */
    for (i = 0; i < CCTV_JANUS_REGIONS; i++) {
        bool is_kept = false;

        for (k = 0; k < count; k++) {
            is_kept |= keys[k] == atomic_load(&regions[i].key)
                       && (keys[k] != 0 || i == 0);
        }
        atomic_store(&regions[i].is_configured, is_kept);
    }
    for (k = 0; k < count; k++) {
        cctv_janus_region_t *region = find_place(regions, keys[k]);

        if (atomic_load(&region->key) != keys[k]) {
            memset(region, 0, sizeof *region);
            atomic_store(&region->key, keys[k]);
        }
        atomic_store(&region->is_configured, true);
    }
}

uint32_t cctv_janus_region_load(const cctv_janus_region_t *region)
{
    int64_t begun = atomic_load_explicit(&region->begun, memory_order_relaxed);
    uint32_t views = atomic_load_explicit(&region->views,
                                          memory_order_relaxed);

    return begun > 0 ? views + (uint32_t)begun : views;
}

bool cctv_janus_region_is_down(const cctv_janus_region_t *region)
{
    return cctv_breaker_is_open(&region->breaker)
           || atomic_load(&region->refuses_sessions)
           || atomic_load(&region->refuses_lists);
}
