/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cold.c
 * @brief Limits how many threads of a process wait for cameras to connect.
 * Layer: pure.
 */
#include "video/cold.h"

int cctv_cold_init(cctv_cold_t *cold, int max)
{
    *cold = (cctv_cold_t){ .max = max < CCTV_COLD_MAX ? max : CCTV_COLD_MAX };
    return pthread_mutex_init(&cold->mutex, NULL);
}

static int share_of(const cctv_cold_t *cold)
{
    return cold->max < 2 ? 1 : cold->max / 2;
}

static int places_of(const cctv_cold_t *cold, uint64_t client)
{
    int count = 0;
    int i;

    for (i = 0; i < cold->taken; i++) {
        count += cold->clients[i] == client;
    }
    return count;
}

bool cctv_cold_enter(cctv_cold_t *cold, uint64_t client)
{
    bool has_place;

    pthread_mutex_lock(&cold->mutex);
    has_place = cold->taken < cold->max
                && places_of(cold, client) < share_of(cold);
    if (has_place) {
        cold->clients[cold->taken++] = client;
    }
    pthread_mutex_unlock(&cold->mutex);
    return has_place;
}

void cctv_cold_leave(cctv_cold_t *cold, uint64_t client)
{
    int i;

    pthread_mutex_lock(&cold->mutex);
    for (i = 0; i < cold->taken; i++) {
        if (cold->clients[i] == client) {
            cold->clients[i] = cold->clients[--cold->taken];
            break;
        }
    }
    pthread_mutex_unlock(&cold->mutex);
}

bool cctv_cold_follow(cctv_cold_t *cold)
{
    bool has_place;

    pthread_mutex_lock(&cold->mutex);
    has_place = cold->following < cold->max;
    cold->following += has_place;
    pthread_mutex_unlock(&cold->mutex);
    return has_place;
}

void cctv_cold_unfollow(cctv_cold_t *cold)
{
    pthread_mutex_lock(&cold->mutex);
    cold->following--;
    pthread_mutex_unlock(&cold->mutex);
}
