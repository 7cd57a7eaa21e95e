/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file choice.h
 * @brief Chooses the Janus server of a new view.
 * Layer: pure.
 *
 * Each camera has an order of the servers, which depends on nothing but the
 * camera and the keys and weights of the servers (rendezvous hashing). If a
 * server leaves, only its cameras go to others; when it returns, they go back.
 *
 * The view gets the first server in this order that has room:
 *
 * - Of the servers that are connected to the camera already, one that has less
 *   than a quarter more views than its share, or less than
 *   CCTV_CHOICE_SLACK more: so a camera is pulled once while there is room.
 * - Otherwise, of all servers, one that has less than a twentieth more views
 *   than its share. There always is one, unless all have reached their `max`.
 *
 * The share of a server is the mean number of views, by weight.
 */
#ifndef CCTV_VIDEO_CHOICE_H
#define CCTV_VIDEO_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

/** With few views, a second connection to a camera costs more than servers that
 *  are not evenly loaded. */
#define CCTV_CHOICE_SLACK 16

/** The weights of servers are 1 to this. */
#define CCTV_CHOICE_WEIGHT_MAX 100

typedef struct {
    unsigned weight;
    uint32_t load; /**< the number of views it has */
    uint32_t max;  /**< the most views that it takes; 0: no limit */
    uint16_t key;
    bool is_open;      /**< it takes new views */
    bool is_connected; /**< it is connected to the camera */
} cctv_choice_t;

/** @param camera  a camera, or one of its streams
 *  @return the index of the server; negative: none has room */
int cctv_choose(const cctv_choice_t *servers, int count, int32_t camera);

/** Choose among the servers that are connected to the camera, if another one
 *  cannot connect to it: the one that has the fewest views for its weight, also
 *  if these are more than its share.
 *  @return the index of the server; negative: none has room */
int cctv_choose_connected(const cctv_choice_t *servers, int count);

#endif
