/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transports.h
 * @brief The transports that lead to Janus: server-side signalling, WHEP and
 *        proxy.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_TRANSPORTS_H
#define CCTV_VIDEO_MOD_TRANSPORTS_H

/** Offer the transports that cctv_video() allows in this process; without
 *  video, none. Before the process has threads. */
void cctv_transports_register(void);

#endif
