/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_body.h
 * @brief Writes the messages to the streaming plugin about one mountpoint.
 * Layer: pure.
 *
 * If there is no memory for a member, the whole message is NULL, and is not
 * sent. So Janus is never told to make a mountpoint without its pin or secret.
 */
#ifndef CCTV_JANUS_MOUNTPOINT_BODY_H
#define CCTV_JANUS_MOUNTPOINT_BODY_H

#include "janus/mountpoint.h"

/** Set a member. @param text  NULL: there is no member */
void cctv_mountpoint_text(json_t **object, const char *name, const char *text);

/** @param what  the name of the request
 *  @return the message, for cctv_janus_message() */
json_t *cctv_mountpoint_ask(const char *what, int64_t id,
                            const cctv_mountpoint_rules_t *rules);

/** Make a new pin. @param pin  of CCTV_PIN_SIZE bytes
 *  @return false: the system has no random numbers */
bool cctv_pin_draw(char *pin);

/**
 * Write the message that makes a mountpoint.
 *
 * @param out  written on success: the message
 * @return false: Janus cannot use the URL or the codec of the camera
 */
bool cctv_mountpoint_describe(const cctv_mountpoint_rules_t *rules, int64_t id,
                              const cctv_feed_t *feed, json_t **out);

#endif
