/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_check.h
 * @brief A task of the keeper: compare the Janus sessions of browsers (proxy
 *        transport) with Janus's list, and change the pins that have to be
 *        changed.
 * Layer: pure.
 *
 * Janus's events tell within some milliseconds what proxied_rules.h wants to
 * know, but they may get lost. So every few seconds this task asks Janus's
 * admin API for all handles, with the tokens that they were attached with.
 */
#ifndef CCTV_VIDEO_PROXIED_CHECK_H
#define CCTV_VIDEO_PROXIED_CHECK_H

#include "video/keeper_calls.h"
#include "video/proxied_rules.h"

typedef struct {
    cctv_keeper_t *keeper;
    cctv_proxied_rules_t rules;
    /** Log what was found. Thread-safe. @param mountpoint  0: unknown */
    void (*found)(cctv_proxied_verdict_t verdict, int32_t camera,
                  int64_t mountpoint);
    /** Log that the admin API does not list Janus's sessions. Thread-safe. */
    void (*failed)(const char *why);
    cctv_time_t due; /**< when the next check begins */
    int failures;    /**< checks in a row that have failed */
} cctv_proxied_check_t;

/** A step of cctv_work_t, for one thread. */
int64_t cctv_proxied_check(void *check);

#endif
