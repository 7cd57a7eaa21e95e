/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transports.h
 * @brief The transports that use Janus: server-side signalling, WHEP and
 *        proxy.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_TRANSPORTS_H
#define CCTV_VIDEO_MOD_TRANSPORTS_H

/** Register the transports that the settings in cctv_video() allow; without
 *  video there are none. Not thread-safe: call it before the process has
 *  threads. */
void cctv_transports_register(void);

#endif
