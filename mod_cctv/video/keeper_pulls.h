/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_pulls.h
 * @brief Notes for new views which cameras a Janus server is connected to.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_PULLS_H
#define CCTV_VIDEO_KEEPER_PULLS_H

#include "video/mountpoint_table.h"
#include "video/server.h"

/** Note the mountpoints of a server (pulls.h), if there are several servers.
 *  @param before  the last table: those that are only in there are gone */
void cctv_keeper_note_pulls(const cctv_janus_server_t *server,
                            const cctv_mountpoint_table_t *table,
                            const cctv_mountpoint_table_t *before);

#endif
