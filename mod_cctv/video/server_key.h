/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file server_key.h
 * @brief The names of Janus servers, and the keys that stand for them.
 * Layer: pure.
 *
 * The slot of a view says by a key which Janus server has the view. The key is
 * made of the server's name alone, so it means the same server after each
 * reload and restart.
 */
#ifndef CCTV_VIDEO_SERVER_KEY_H
#define CCTV_VIDEO_SERVER_KEY_H

#include <stdbool.h>
#include <stdint.h>

/** The most Janus servers. */
#define CCTV_JANUS_MAX 16

/** The longest name. */
#define CCTV_SERVER_NAME_MAX 32

/** @return whether a text may be the name of a server: letters, digits, "-",
 *  "_" and ".". Names are values of a label in the metrics. */
bool cctv_server_name_is_right(const char *name);

/** @param name  "": the server of CCTVJanusURL
 *  @return the key: 0 for the server of CCTVJanusURL, otherwise less than
 *          CCTV_SERVER_KEYS; two names may have the same key */
uint16_t cctv_server_key(const char *name);

#endif
