/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the still picture of a camera.
 * Layer: httpd.
 *
 * A picture that is not older than CCTVStillAge is sent as it is. One that is
 * up to twice as old is sent as well, while a new one is fetched. Otherwise the
 * request waits for the new one, for CCTVStillTimeout at most, and only so many
 * requests of a process wait at a time; the others are asked to come again, and
 * so are those that wait when the process is told to end.
 */
#ifndef CCTV_STILLS_MOD_HANDLER_H
#define CCTV_STILLS_MOD_HANDLER_H

#include "httpd.h"

/** Answer a GET of /{id}/still. */
int cctv_still_answer(request_rec *r, int id);

/** Hook child_init. */
void cctv_still_child_init(void);

#endif
