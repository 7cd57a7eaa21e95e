/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file media.h
 * @brief The connection of a viewer to Janus: a UDP socket, ICE, DTLS, and the
 *        count of packets. A few threads serve the sockets of all viewers; the
 *        functions here may be called from any thread.
 */
#ifndef LOAD_MEDIA_H
#define LOAD_MEDIA_H

#include "clock.h"
#include "dtls.h"
#include "offer.h"
#include "rtp.h"
#include "stun.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef struct {
    pthread_mutex_t lock; /* of all that is not atomic */
    int socket;           /* -1: closed */
    int poll;             /* the epoll of its thread */
    load_offer_t offer;
    char ufrag[LOAD_OWN_UFRAG];
    char password[LOAD_OWN_PASSWORD];
    uint8_t check[LOAD_STUN_ID]; /* the id of the checks of this viewer */
    struct sockaddr_in peer;     /* port 0: not known yet */
    load_dtls_t *dtls;
    bool is_ready; /* after the handshake */
    int checks;    /* how many were sent */
    load_rtp_t rtp;
    _Atomic load_time_t next_tick; /* 0: none */
    _Atomic load_time_t first;     /* arrival of the first packet; 0: none */
    _Atomic load_time_t last;
    _Atomic bool is_closed; /* by Janus */
} load_media_t;

/** Start the threads that serve the sockets.
 * @param all        `count` connections at equal distances of `stride` bytes
 * @param allowance  see rtp.h: µs */
void load_media_start(void *all, size_t count, size_t stride, int threads,
                      load_time_t allowance);

/** Stop the threads. */
void load_media_stop(void);

/**
 * Open the connection to the sender of this offer, and write the answer.
 * @return false: *why is a sentence, and it is closed
 */
bool load_media_open(load_media_t *media, const char *sdp, char *answer,
                     size_t size, const char **why);

/** Close it, with a word to Janus, and add what was counted. It may be closed
 * already. */
void load_media_close(load_media_t *media, load_counts_t *sum);

/** Add what was counted since it was opened. */
void load_media_sum(load_media_t *media, load_counts_t *sum);

#endif
