/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file media.c
 * @brief Serves the sockets of all viewers.
 */
#include "media.h"

#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS_MAX 64
/* Datagrams of one system call, and their greatest size. */
#define BATCH    32
#define DATAGRAM 1600
#define EVENTS   256

/* How often checks are sent: until an answer, and then, as browsers do. */
#define CHECK_SOON (50000)
#define CHECK_SLOW (LOAD_SECOND / 2)
#define CHECK_KEPT (5 * LOAD_SECOND / 2)
#define SOON_COUNT 20
/* How often the time of a handshake is looked at. */
#define SHAKE_TICK (100000)
#define TICK_MS    20

typedef struct {
    pthread_t thread;
    int poll;
    size_t first; /* its connections: each `threads`-th from here on */
    uint8_t data[BATCH][DATAGRAM];
    struct sockaddr_in from[BATCH];
    char control[BATCH][CMSG_SPACE(sizeof(struct timespec))];
    struct iovec parts[BATCH];
    struct mmsghdr heads[BATCH];
} server_t;

static char *connections;
static size_t connection_count, connection_stride;
static load_time_t late_after;
static server_t *servers;
static int server_count;
static atomic_bool is_over;

static load_media_t *connection(size_t index)
{
    return (void *)(connections + index * connection_stride);
}

static void send_to(load_media_t *media, const struct sockaddr_in *to,
                    const void *data, size_t length)
{
    sendto(media->socket, data, length, MSG_DONTWAIT,
           (const struct sockaddr *)to, sizeof *to);
}

static void send_dtls(void *context, const void *data, size_t length)
{
    load_media_t *media = context;

    send_to(media, &media->peer, data, length);
}

static void send_checks(load_media_t *media)
{
    uint8_t check[LOAD_STUN_MAX];
    char user[2 * LOAD_ICE_TEXT];
    size_t length;

    snprintf(user, sizeof user, "%s:%s", media->offer.ufrag, media->ufrag);
    length = load_stun_check(check, media->check, user, media->offer.password);
    if (media->peer.sin_port != 0) {
        send_to(media, &media->peer, check, length);
        return;
    }
    for (size_t i = 0; i < media->offer.count; i++) {
        send_to(media, &media->offer.candidates[i], check, length);
    }
}

/* Do what is due. */
static void tick(load_media_t *media, load_time_t now)
{
    load_time_t wait = CHECK_KEPT;

    if (media->dtls != NULL && !media->is_ready) {
        load_dtls_read(media->dtls, NULL, 0);
        wait = SHAKE_TICK;
    }
    else {
        send_checks(media);
        media->checks++;
        if (media->peer.sin_port == 0) {
            wait = media->checks < SOON_COUNT ? CHECK_SOON : CHECK_SLOW;
        }
    }
    atomic_store(&media->next_tick, now + wait);
}

static void take_stun(load_media_t *media, const uint8_t *data, size_t length,
                      const struct sockaddr_in *from)
{
    uint8_t answer[LOAD_STUN_MAX];
    load_stun_t stun;

    if (!load_stun_read(data, length, &stun)) {
        return;
    }
    if (stun.type == LOAD_STUN_REQUEST) {
        send_to(media, from, answer,
                load_stun_answer(answer, &stun, from, media->password));
    }
    else if (stun.type == LOAD_STUN_SUCCESS && media->peer.sin_port == 0
             && memcmp(stun.id, media->check, LOAD_STUN_ID) == 0) {
        media->peer = *from;
    }
}

/* Janus, as the client, sends the first datagram of DTLS, by the path that it
 * has chosen. */
static void take_dtls(load_media_t *media, const uint8_t *data, size_t length,
                      const struct sockaddr_in *from)
{
    load_dtls_state_t state;

    media->peer = *from;
    if (media->dtls == NULL) {
        media->dtls = load_dtls_make(media->offer.fingerprint, send_dtls,
                                     media);
        atomic_store(&media->next_tick, load_now() + SHAKE_TICK);
    }
    state = load_dtls_read(media->dtls, data, length);
    media->is_ready = state == LOAD_DTLS_READY;
    if (state == LOAD_DTLS_CLOSED) {
        atomic_store(&media->is_closed, true);
    }
}

/* The first byte tells what a datagram is (RFC 7983). */
static void take(load_media_t *media, const uint8_t *data, size_t length,
                 const struct sockaddr_in *from, load_time_t arrival)
{
    if (length == 0) {
        return;
    }
    if (data[0] < 4) {
        take_stun(media, data, length, from);
    }
    else if (data[0] >= 20 && data[0] < 64) {
        take_dtls(media, data, length, from);
    }
    else if (data[0] >= 128 && data[0] < 192 && media->is_ready) {
        load_rtp_add(&media->rtp, data, length, arrival);
        atomic_store(&media->first, media->rtp.first);
        atomic_store(&media->last, media->rtp.last);
    }
}

/* @return when the kernel received this datagram */
static load_time_t arrival_of(struct msghdr *head)
{
    struct cmsghdr *part = CMSG_FIRSTHDR(head);
    struct timespec time;

    if (part == NULL || part->cmsg_level != SOL_SOCKET
        || part->cmsg_type != SCM_TIMESTAMPNS) {
        return load_now();
    }
    memcpy(&time, CMSG_DATA(part), sizeof time);
    return load_time_of(time);
}

static int receive(server_t *server, int socket)
{
    for (int i = 0; i < BATCH; i++) {
        server->parts[i] = (struct iovec){ server->data[i], DATAGRAM };
        server->heads[i].msg_hdr = (struct msghdr){
            .msg_name = &server->from[i],
            .msg_namelen = sizeof server->from[i],
            .msg_iov = &server->parts[i],
            .msg_iovlen = 1,
            .msg_control = server->control[i],
            .msg_controllen = sizeof server->control[i],
        };
    }
    return recvmmsg(socket, server->heads, BATCH, MSG_DONTWAIT, NULL);
}

static void serve(server_t *server, load_media_t *media)
{
    int count = BATCH;

    pthread_mutex_lock(&media->lock);
    while (count == BATCH && media->socket >= 0) {
        count = receive(server, media->socket);
        for (int i = 0; i < count; i++) {
            take(media, server->data[i], server->heads[i].msg_len,
                 &server->from[i], arrival_of(&server->heads[i].msg_hdr));
        }
    }
    pthread_mutex_unlock(&media->lock);
}

static void tick_all(const server_t *server, load_time_t now)
{
    for (size_t i = server->first; i < connection_count;
         i += (size_t)server_count) {
        load_media_t *media = connection(i);
        load_time_t due = atomic_load(&media->next_tick);

        if (due != 0 && due <= now) {
            pthread_mutex_lock(&media->lock);
            if (media->socket >= 0) {
                tick(media, now);
            }
            pthread_mutex_unlock(&media->lock);
        }
    }
}

static void *run(void *context)
{
    server_t *server = context;
    struct epoll_event events[EVENTS];
    load_time_t ticked = 0;

    while (!atomic_load(&is_over)) {
        int count = epoll_wait(server->poll, events, EVENTS, TICK_MS);
        load_time_t now = load_now();

        for (int i = 0; i < count; i++) {
            serve(server, events[i].data.ptr);
        }
        if (now - ticked >= TICK_MS * 1000) {
            ticked = now;
            tick_all(server, now);
        }
    }
    return NULL;
}

void load_media_start(void *all, size_t count, size_t stride, int threads,
                      load_time_t allowance)
{
    connections = all;
    connection_count = count;
    connection_stride = stride;
    late_after = allowance;
    server_count = threads < THREADS_MAX ? threads : THREADS_MAX;
    servers = calloc((size_t)server_count, sizeof *servers);
    for (int i = 0; servers != NULL && i < server_count; i++) {
        servers[i].poll = epoll_create1(EPOLL_CLOEXEC);
        servers[i].first = (size_t)i;
    }
    for (size_t i = 0; servers != NULL && i < count; i++) {
        load_media_t *media = connection(i);

        pthread_mutex_init(&media->lock, NULL);
        media->socket = -1;
        media->poll = servers[i % (size_t)server_count].poll;
    }
    for (int i = 0; i < server_count; i++) {
        if (servers == NULL
            || pthread_create(&servers[i].thread, NULL, run, &servers[i])
                   != 0) {
            fputs("There is no room for a thread.\n", stderr);
            exit(EXIT_FAILURE);
        }
    }
}

void load_media_stop(void)
{
    atomic_store(&is_over, true);
    for (int i = 0; i < server_count; i++) {
        pthread_join(servers[i].thread, NULL);
        close(servers[i].poll);
    }
    free(servers);
}

static void draw(char *out, size_t size)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                  "qrstuvwxyz0123456789+/";
    uint8_t random[LOAD_OWN_PASSWORD];

    RAND_bytes(random, (int)size);
    for (size_t i = 0; i + 1 < size; i++) {
        out[i] = letters[random[i] % 64];
    }
    out[size - 1] = '\0';
}

static bool open_socket(load_media_t *media)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = media };
    int on = 1;

    media->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (media->socket < 0) {
        return false;
    }
    setsockopt(media->socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    return epoll_ctl(media->poll, EPOLL_CTL_ADD, media->socket, &event) == 0;
}

static void shut(load_media_t *media)
{
    load_dtls_close(media->dtls);
    media->dtls = NULL;
    if (media->socket >= 0) {
        close(media->socket);
    }
    media->socket = -1;
    atomic_store(&media->next_tick, 0);
}

static void prepare(load_media_t *media)
{
    draw(media->ufrag, sizeof media->ufrag);
    draw(media->password, sizeof media->password);
    RAND_bytes(media->check, sizeof media->check);
    memset(&media->peer, 0, sizeof media->peer);
    media->is_ready = false;
    media->checks = 0;
    load_rtp_init(&media->rtp, media->offer.payload_type,
                  media->offer.clock_rate, late_after);
    atomic_store(&media->first, 0);
    atomic_store(&media->last, 0);
    atomic_store(&media->is_closed, false);
}

bool load_media_open(load_media_t *media, const char *sdp, char *answer,
                     size_t size, const char **why)
{
    bool is_open;

    pthread_mutex_lock(&media->lock);
    is_open = load_offer_read(sdp, &media->offer, why);
    if (is_open) {
        prepare(media);
        *why = "there is no socket left: raise `ulimit -n`";
        is_open = open_socket(media)
                  && load_offer_answer(sdp, media->ufrag, media->password,
                                       load_dtls_fingerprint(), answer, size);
    }
    if (is_open) {
        atomic_store(&media->next_tick, load_now());
    }
    else {
        shut(media);
    }
    pthread_mutex_unlock(&media->lock);
    return is_open;
}

void load_media_close(load_media_t *media, load_counts_t *sum)
{
    pthread_mutex_lock(&media->lock);
    if (media->socket >= 0) {
        load_rtp_sum(&media->rtp, sum);
    }
    shut(media);
    pthread_mutex_unlock(&media->lock);
}

void load_media_sum(load_media_t *media, load_counts_t *sum)
{
    pthread_mutex_lock(&media->lock);
    if (media->socket >= 0) {
        load_rtp_sum(&media->rtp, sum);
    }
    pthread_mutex_unlock(&media->lock);
}
