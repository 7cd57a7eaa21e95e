/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_viewers.h
 * @brief What events tell of a request: the user and the client's address.
 * Layer: httpd.
 */
#ifndef CCTV_EVENTS_MOD_VIEWERS_H
#define CCTV_EVENTS_MOD_VIEWERS_H

#include "events/view_events.h"

/** Begin to listen to views and requests in this process.
 *  @param views  has to live as long as the process */
void cctv_viewers_listen(const cctv_view_events_t *views);

#endif
