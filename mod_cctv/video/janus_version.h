/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_version.h
 * @brief The version of Janus, which decides how a player's offer gets to it.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_JANUS_VERSION_H
#define CCTV_VIDEO_JANUS_VERSION_H

#include "janus/janus.h"
#include "video/janus_region.h"

/** Ask Janus for its version and store it. If Janus does not say it, it counts
 *  as old: a newer Janus understands what an old one does. If Janus does not
 *  answer, nothing is stored. Thread-safe. */
void cctv_janus_note_version(cctv_janus_session_t *session,
                             cctv_janus_region_t *region);

/** Whether Janus takes the offer of a player. Asks Janus if its version is not
 *  known. Thread-safe. */
bool cctv_janus_takes_offers(cctv_janus_session_t *session,
                             cctv_janus_region_t *region);

#endif
