/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_version.c
 * @brief The version of Janus, which decides how a player's offer gets to it.
 * Layer: pure.
 */
#include "video/janus_version.h"

#include "janus/player.h"

/* Stored for a Janus that does not say its version. */
#define OLD 1

void cctv_janus_note_version(cctv_janus_session_t *session,
                             cctv_janus_region_t *region)
{
    int version = OLD;
    cctv_janus_status_t status = cctv_janus_version(session, &version);

    if (status != CCTV_JANUS_LOST && status != CCTV_JANUS_LATE) {
        atomic_store(&region->version, version);
    }
}

bool cctv_janus_takes_offers(cctv_janus_session_t *session,
                             cctv_janus_region_t *region)
{
    if (atomic_load(&region->version) == 0) {
        cctv_janus_note_version(session, region);
    }
    return atomic_load(&region->version) >= CCTV_JANUS_TAKES_OFFERS;
}
