/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_crowd.c
 * @brief All clients of server-sent events that one thread serves.
 * Layer: httpd.
 */
#include "push/mod_crowd.h"

#include "catalogue/mod_generation.h"
#include "push/mod_end.h"
#include "push/mod_push.h"

#include <stdlib.h>
#include <sys/epoll.h>

/* How often all clients are looked at, even without changes: µs. */
#define ROUND INT64_C(1000000)

/* A client that has not read a piece after this time is closed: µs. */
#define SLOW INT64_C(10000000)

/* What is kept for all clients of a process that do not read: bytes. A client
 * that needs more is closed as a slow one. */
#define KEPT_MAX ((size_t)64 << 20)

/* ---- A client ---- */

static void client_close(cctv_crowd_t *crowd, cctv_crowd_client_t *client)
{
    cctv_crowd_client_t *moved = crowd->clients[--crowd->count];

    crowd->clients[client->at] = moved;
    moved->at = client->at;
    /* To close the descriptor is not enough: epoll goes on as long as anybody
     * has a copy, and the thread of the request may not have closed its own. */
    epoll_ctl(crowd->epoll, EPOLL_CTL_DEL, client->socket.fd, NULL);
    cctv_socket_close(&client->socket);
    free(client);
    cctv_push_leave(CCTV_CARRIER_SOCKET);
}

/* Close it, and count why. */
static void client_end(cctv_crowd_t *crowd, cctv_crowd_client_t *client,
                       cctv_closed_t why)
{
    cctv_count(&cctv_push()->counters->closed[why]);
    client_close(crowd, client);
}

static void count_bytes(uint64_t sent)
{
    atomic_fetch_add_explicit(&cctv_push()->counters->bytes, sent,
                              memory_order_relaxed);
}

static void client_watch(const cctv_crowd_t *crowd,
                         cctv_crowd_client_t *client)
{
    bool is_waiting = client->socket.rest != NULL;
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP
                                           | (is_waiting ? EPOLLOUT : 0U),
                                 .data.ptr = client };

    epoll_ctl(crowd->epoll, EPOLL_CTL_MOD, client->socket.fd, &event);
}

/* Send a text, and keep what the client does not take. May close it. */
static void client_send(cctv_crowd_t *crowd, cctv_crowd_client_t *client,
                        cctv_time_t now)
{
    uint64_t sent = 0;
    cctv_socket_state_t state = cctv_socket_send(
        &client->socket, crowd->out.data, crowd->out.len, now, &sent);

    count_bytes(sent);
    if (state == CCTV_SOCKET_GONE) {
        client_close(crowd, client);
    }
    else if (state == CCTV_SOCKET_NO_MEMORY) {
        client_end(crowd, client, CCTV_CLOSED_MEMORY);
    }
    else if (state == CCTV_SOCKET_SLOW) {
        client_end(crowd, client, CCTV_CLOSED_SLOW);
    }
    else if (client->socket.rest != NULL) {
        client_watch(crowd, client);
    }
}

/* The socket takes more. May close the client. */
static void client_resume(cctv_crowd_t *crowd, cctv_crowd_client_t *client)
{
    uint64_t sent = 0;
    cctv_socket_state_t state = cctv_socket_resume(&client->socket, &sent);

    count_bytes(sent);
    if (state != CCTV_SOCKET_FINE) {
        client_close(crowd, client);
    }
    else if (client->socket.rest == NULL) {
        client_watch(crowd, client);
        /* It may have missed changes meanwhile. */
        crowd->round = 0;
    }
}

void cctv_crowd_event(cctv_crowd_t *crowd, cctv_crowd_client_t *client,
                      uint32_t events)
{
    if ((events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0
        || ((events & EPOLLIN) != 0
            && cctv_socket_discard(&client->socket) != CCTV_SOCKET_FINE)) {
        client_close(crowd, client);
    }
    else if ((events & EPOLLOUT) != 0 && client->socket.rest != NULL) {
        client_resume(crowd, client);
    }
}

/* Tell a client when to return, and close it. */
static void client_send_away(cctv_crowd_t *crowd, cctv_crowd_client_t *client,
                             unsigned delay, cctv_closed_t why)
{
    crowd->out.len = 0;
    cctv_follower_write_retry(delay, &crowd->out);
    /* In the middle of another piece it would be understood wrongly. */
    if (client->socket.rest == NULL && !crowd->out.failed) {
        uint64_t sent = 0;

        cctv_socket_send(&client->socket, crowd->out.data, crowd->out.len, 0,
                         &sent);
        count_bytes(sent);
    }
    client_end(crowd, client, why);
}

/* ---- All of them ---- */

static bool reserve(cctv_crowd_t *crowd)
{
    int size = crowd->size == 0 ? 64 : 2 * crowd->size;
    cctv_crowd_client_t **clients;

    if (crowd->count < crowd->size) {
        return true;
    }
    clients = realloc(crowd->clients,
                      (size_t)size * sizeof(cctv_crowd_client_t *));
    if (clients == NULL) {
        return false;
    }
    crowd->clients = clients;
    crowd->size = size;
    return true;
}

void cctv_crowd_adopt(cctv_crowd_t *crowd, cctv_crowd_client_t *client)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP,
                                 .data.ptr = client };

    if (!reserve(crowd)
        || epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, client->socket.fd, &event)
               != 0) {
        cctv_count(&cctv_push()->counters->closed[CCTV_CLOSED_MEMORY]);
        cctv_socket_close(&client->socket);
        free(client);
        cctv_push_leave(CCTV_CARRIER_SOCKET);
        return;
    }
    client->socket.kept = &crowd->kept;
    client->at = crowd->count;
    crowd->clients[crowd->count++] = client;
    /* Changes may have been added since its first piece was made. */
    crowd->round = 0;
}

/* Send a client what is due. May close it.
 * @return whether it has seen all changes */
static bool serve(cctv_crowd_t *crowd, cctv_crowd_client_t *client,
                  const cctv_catalogue_t *catalogue, cctv_time_t now)
{
    const cctv_push_t *push = cctv_push();
    bool is_behind;

    if (client->socket.rest != NULL) {
        if (now - client->socket.rest_since >= SLOW) {
            client_end(crowd, client, CCTV_CLOSED_SLOW);
        }
        return true;
    }
    if (client->until != 0 && now >= client->until) {
        client_send_away(crowd, client, cctv_end_delay(0) / 4,
                         CCTV_CLOSED_ROLES);
        return true;
    }
    if (!cctv_follower_is_due(push, &client->follower, now)) {
        return true;
    }
    crowd->out.len = 0;
    cctv_follower_write(push, catalogue, &client->follower, crowd->batch, now,
                        &crowd->out);
    if (crowd->out.failed) {
        client_end(crowd, client, CCTV_CLOSED_MEMORY);
        cctv_json_free(&crowd->out);
        cctv_json_init(&crowd->out, CCTV_FOLLOWER_PIECE);
        return true;
    }
    is_behind = client->follower.cursor.number < crowd->last;
    if (crowd->out.len > 0) {
        client_send(crowd, client, now);
    }
    return !is_behind;
}

static const cctv_catalogue_t *
open_catalogue(cctv_crowd_t *crowd, const cctv_catalogue_t **catalogues,
               int which)
{
    if (catalogues[which] == NULL) {
        catalogues[which] = cctv_generation_open_which(which, crowd->pool);
    }
    return catalogues[which];
}

/* Send all clients what is due. */
static void pass(cctv_crowd_t *crowd, cctv_time_t now)
{
    const cctv_catalogue_t *catalogues[CCTV_RING_CATALOGUES] = { NULL };
    bool have_all_seen = true;
    int i;

    crowd->last = cctv_ring_last(&cctv_push()->ring);
    crowd->batch->catalogue = NULL;
    /* Backwards, because a client that is closed gives its place to the
     * last one. */
    for (i = crowd->count - 1; i >= 0; i--) {
        cctv_crowd_client_t *client = crowd->clients[i];
        const cctv_catalogue_t *catalogue = open_catalogue(
            crowd, catalogues, client->follower.which);

        if (catalogue != NULL) {
            have_all_seen &= serve(crowd, client, catalogue, now);
        }
    }
    crowd->round = have_all_seen ? now + ROUND : now;
    apr_pool_clear(crowd->pool);
}

void cctv_crowd_serve(cctv_crowd_t *crowd)
{
    cctv_time_t now = cctv_now();

    if (crowd->count > 0
        && (now >= crowd->round
            || crowd->last != cctv_ring_last(&cctv_push()->ring))) {
        pass(crowd, now);
    }
}

bool cctv_crowd_init(cctv_crowd_t *crowd, int epoll)
{
    *crowd = (cctv_crowd_t){ .epoll = epoll,
                             .batch = malloc(sizeof *crowd->batch),
                             .kept.most = KEPT_MAX };
    cctv_json_init(&crowd->out, CCTV_FOLLOWER_PIECE);
    return crowd->batch != NULL && !crowd->out.failed
           && apr_pool_create(&crowd->pool, NULL) == APR_SUCCESS;
}

void cctv_crowd_end(cctv_crowd_t *crowd)
{
    int count = crowd->count;

    while (crowd->count > 0) {
        client_send_away(crowd, crowd->clients[crowd->count - 1],
                         cctv_end_delay(count), CCTV_CLOSED_RELOAD);
    }
    if (crowd->pool != NULL) {
        apr_pool_destroy(crowd->pool);
    }
    free(crowd->clients);
    cctv_json_free(&crowd->out);
    free(crowd->batch);
}
