/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_servers.h
 * @brief The Janus servers of the configuration, and the choice of one for a
 *        new view.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SERVERS_H
#define CCTV_VIDEO_MOD_SERVERS_H

#include "video/mod_settings.h"
#include "video/server.h"

#include "httpd.h"

/** The Janus servers of this process. */
typedef struct {
    cctv_janus_server_t *at;
    int count;
} cctv_servers_t;

/** Give the servers their regions in shared memory. Called in post_config, also
 *  if there is no Janus. */
void cctv_servers_claim(const cctv_video_settings_t *settings);

/** Set up the servers of a process; the settings have a Janus.
 *  @param settings  have to live as long as the process
 *  @return false: no memory for a gate */
bool cctv_servers_set_up(apr_pool_t *pchild,
                         const cctv_video_settings_t *settings,
                         cctv_servers_t *servers);

/** @param key  see server_key.h
 *  @return NULL: there is no such server any more */
cctv_janus_server_t *cctv_servers_find(const cctv_servers_t *servers,
                                       uint16_t key);

/** What came of the choice of a server. */
typedef enum {
    CCTV_SERVER_CHOSEN,
    CCTV_SERVERS_FULL, /**< all that answer have as many views as they may */
    CCTV_SERVERS_DRAINING /**< all others are drained, or were tried */
} cctv_server_chosen_t;

/**
 * Choose the server of a new view (choice.h). Servers that are known not to
 * answer are chosen only if no other is left. The view counts with the server's
 * from now on; the keeper corrects that if the view does not start.
 *
 * @param stream  the key of the stream of the camera (failures.h)
 * @param tried   a bit for each server that may not be chosen; the chosen one
 *                is added
 * @param server  gets the server
 */
cctv_server_chosen_t cctv_servers_choose(const cctv_servers_t *servers,
                                         int32_t stream, uint32_t *tried,
                                         cctv_janus_server_t **server);

/**
 * Choose a server that is connected to the camera, after another one could not
 * connect to it. The view counts as with cctv_servers_choose().
 *
 * @return false: none has room
 */
bool cctv_servers_choose_receiving(const cctv_servers_t *servers,
                                   int32_t stream, uint32_t *tried,
                                   cctv_janus_server_t **server);

/** @return whether cctv_servers_choose_receiving() would find one */
bool cctv_servers_have_receiving(const cctv_servers_t *servers, int32_t stream,
                                 uint32_t tried);

/** @return whether another server is connected to the camera, also one without
 *  room */
bool cctv_servers_have_pull(const cctv_servers_t *servers, int32_t stream,
                            const cctv_janus_server_t *but);

/** @return whether another server than those that were tried answers */
bool cctv_servers_have_other(const cctv_servers_t *servers, uint32_t tried);

#endif
