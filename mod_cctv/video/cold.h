/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cold.h
 * @brief Limits how many threads of a process wait for cameras to connect.
 * Layer: pure.
 *
 * Connecting to a cold camera may take seconds, and the thread that waits for
 * it does nothing else. So the number of places is bounded, and one client
 * gets at most half of them: a client that asks for cameras that hang cannot
 * keep others from cameras that answer.
 *
 * The attempt to connect to a camera takes one place. Further requests for the
 * same camera follow: they wait for that attempt (failures.h) without calling
 * Janus. There is an equal number of separate places for them.
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
    uint64_t clients[CCTV_COLD_MAX]; /**< the holders of the places taken */
} cctv_cold_t;

/** Set up the places; they live as long as the process.
 *  @param max  number of places, 1 to CCTV_COLD_MAX
 *  @return 0, or an errno */
int cctv_cold_init(cctv_cold_t *cold, int max);

/** Take a place to connect to a camera. Thread-safe; does not wait.
 *  @param client  keyed hash of the client's address
 *  @return false: there is no place for this client */
bool cctv_cold_enter(cctv_cold_t *cold, uint64_t client);

/** Give back one place of a client. Thread-safe. */
void cctv_cold_leave(cctv_cold_t *cold, uint64_t client);

/** Take a place to follow the attempt of another request. Thread-safe; does
 *  not wait.
 *  @return false: too many requests follow already */
bool cctv_cold_follow(cctv_cold_t *cold);

/** Give back a place taken by cctv_cold_follow(). Thread-safe. */
void cctv_cold_unfollow(cctv_cold_t *cold);

#endif
