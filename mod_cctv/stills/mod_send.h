/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_send.h
 * @brief The answers to a request for a still picture.
 * Layer: httpd.
 *
 * The functions return what the handler has to return.
 */
#ifndef CCTV_STILLS_MOD_SEND_H
#define CCTV_STILLS_MOD_SEND_H

#include "stills/memory.h"

#include "httpd.h"

/**
 * Send a picture, or that the client has it.
 *
 * @param age     for how long clients may keep it: µs
 * @param result  written on success: what the handler has to return
 * @return false: the picture was overwritten meanwhile
 */
bool cctv_send_still(request_rec *r, const cctv_still_t *still, int64_t age,
                     int *result);

/** Answer that the camera fails. */
int cctv_send_failed(request_rec *r, const cctv_failed_t *failed);

/** Answer that there is no picture yet. */
int cctv_send_busy(request_rec *r);

#endif
