/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cold.h
 * @brief The threads of a process that wait for a camera to connect.
 * Layer: pure.
 *
 * A cold camera may take seconds, and a thread that waits for it does nothing
 * else. So there is a bounded number of places, of which one client gets at
 * most half: one client that asks for cameras that hang does not deny others
 * the cameras that answer.
 *
 * A camera takes one place. Further requests for it follow: they wait for the
 * same attempt (failures.h), in places of their own, without calls of Janus.
 */
#ifndef CCTV_VIDEO_COLD_H
#define CCTV_VIDEO_COLD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define CCTV_COLD_MAX 1024

typedef struct {
    pthread_mutex_t mutex;
    int max;
    int taken;
    int following;
    uint64_t clients[CCTV_COLD_MAX]; /**< of the places that are taken */
} cctv_cold_t;

/** Set up so many places, 1 to CCTV_COLD_MAX. It lives as long as the
 *  process. @return an errno, or 0 */
int cctv_cold_init(cctv_cold_t *cold, int max);

/** Take a place to connect to a camera. @param client  keyed hash of the
 *  client's address @return false: there is none for this client. Thread-safe.
 */
bool cctv_cold_enter(cctv_cold_t *cold, uint64_t client);

/** Give one of the client's places back. Thread-safe. */
void cctv_cold_leave(cctv_cold_t *cold, uint64_t client);

/** Wait for somebody else's attempt. @return false: there are too many that
 *  do already. Thread-safe. */
bool cctv_cold_follow(cctv_cold_t *cold);

/** Wait no longer. Thread-safe. */
void cctv_cold_unfollow(cctv_cold_t *cold);

#endif
