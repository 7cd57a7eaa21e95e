/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_crowd.h
 * @brief All clients of server-sent events that one thread serves.
 * Layer: httpd.
 *
 * Only this thread may call the functions.
 */
#ifndef CCTV_PUSH_MOD_CROWD_H
#define CCTV_PUSH_MOD_CROWD_H

#include "push/socket.h"
#include "push/follower.h"

#include "apr_pools.h"

#include <stdbool.h>
#include <stdint.h>

/** A client; from malloc(). */
typedef struct cctv_crowd_client_t {
    cctv_follower_t follower;
    cctv_socket_t socket;
    cctv_time_t until;                /**< when to close it; 0: never */
    struct cctv_crowd_client_t *next; /**< for the caller */
    int at; /**< private: its index among all clients */
    /** Where follower.interest leads. */
    _Alignas(cctv_interest_t) unsigned char interest[];
} cctv_crowd_client_t;

typedef struct {
    int epoll;
    cctv_crowd_client_t **clients;
    int count;
    int size;
    apr_pool_t *pool;
    cctv_batch_t *batch;
    cctv_json_t out;
    uint64_t last;     /**< the last change when clients were looked at */
    cctv_time_t round; /**< when to look at all clients again */
    cctv_kept_t kept;  /**< what clients have not read */
} cctv_crowd_t;

/**
 * @param epoll  a descriptor of epoll that watches the clients: its events
 *               have the client as data.ptr
 * @return false: there is no memory. cctv_crowd_end() has to follow all the
 *         same
 */
bool cctv_crowd_init(cctv_crowd_t *crowd, int epoll);

/** Add a client; it is owned by the crowd, also on failure. */
void cctv_crowd_adopt(cctv_crowd_t *crowd, cctv_crowd_client_t *client);

/** Handle an event of epoll. */
void cctv_crowd_event(cctv_crowd_t *crowd, cctv_crowd_client_t *client,
                      uint32_t events);

/** Send all clients what is due. Call it about 20 times a second. */
void cctv_crowd_serve(cctv_crowd_t *crowd);

/** Tell all clients when to return, close them, and free everything. */
void cctv_crowd_end(cctv_crowd_t *crowd);

#endif
