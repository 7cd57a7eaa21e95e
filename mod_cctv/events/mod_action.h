/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_action.h
 * @brief Tells the event logs what an admin does.
 * Layer: httpd.
 */
#ifndef CCTV_EVENTS_MOD_ACTION_H
#define CCTV_EVENTS_MOD_ACTION_H

/**
 * Write an event of an admin's action to the event logs, if there are any. The
 * texts are copied and cut to their sizes; all but `action` may come from
 * outside, and NULL means that there is nothing to tell. Never put a secret
 * such as a view id in. Thread-safe, never blocks.
 *
 * @param user    the admin, as Apache has authenticated him; 95 bytes. It is
 *                written whatever CCTVEventUser says.
 * @param action  a word such as "kick" or "drain"; 23 bytes
 * @param target  what it is done to, such as "camera 42"; 63 bytes
 * @param reason  what the admin gives as the reason; 79 bytes
 */
void cctv_event_action(const char *user, const char *action,
                       const char *target, const char *reason);

#endif
