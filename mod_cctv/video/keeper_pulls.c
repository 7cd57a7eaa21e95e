/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_pulls.c
 * @brief Notes for new views which cameras a Janus server is connected to.
 * Layer: pure.
 */
#include "video/keeper_pulls.h"

void cctv_keeper_note_pulls(const cctv_janus_server_t *server,
                            const cctv_mountpoint_table_t *table,
                            const cctv_mountpoint_table_t *before)
{
    size_t i;

    for (i = 0; server->pulls != NULL && i < table->count; i++) {
        cctv_pulls_add(server->pulls, cctv_failures_key_of(table->at[i].id),
                       server->place);
    }
    for (i = 0; server->pulls != NULL && i < before->count; i++) {
        if (cctv_mountpoint_table_find(table, before->at[i].id) == NULL) {
            cctv_pulls_remove(server->pulls,
                              cctv_failures_key_of(before->at[i].id),
                              server->place);
        }
    }
}
