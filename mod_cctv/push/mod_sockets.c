/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sockets.c
 * @brief Clients of server-sent events whose sockets one thread of this
 *        process serves.
 * Layer: httpd.
 *
 * The thread looks for changes 20 times a second while there are clients, and
 * sleeps otherwise.
 */
#include "push/mod_sockets.h"

#include "core/thread.h"
#include "push/mod_crowd.h"
#include "push/mod_end.h"
#include "push/mod_push.h"
#include "push/mod_tls.h"

#include "apr_portable.h"
#include "http_core.h"
#include "util_filter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* How often changes are looked for: ms. */
#define TICK 50

#define EVENTS 256

static struct {
    pthread_mutex_t mutex; /* of the members up to `inbox` */
    bool runs;
    bool has_ended;
    pthread_t thread;
    cctv_crowd_client_t *inbox;
    int epoll;
    int wake; /* an eventfd */
    atomic_bool stop;
} sockets = { .mutex = PTHREAD_MUTEX_INITIALIZER, .epoll = -1, .wake = -1 };

/* ---- The thread ---- */

static void empty_inbox(cctv_crowd_t *crowd)
{
    cctv_crowd_client_t *client;

    pthread_mutex_lock(&sockets.mutex);
    client = sockets.inbox;
    sockets.inbox = NULL;
    pthread_mutex_unlock(&sockets.mutex);
    while (client != NULL) {
        cctv_crowd_client_t *next = client->next;

        cctv_crowd_adopt(crowd, client);
        client = next;
    }
}

static void wait_for_events(cctv_crowd_t *crowd)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(sockets.epoll, events, EVENTS,
                           crowd->count > 0 ? TICK : -1);
    uint64_t wakes;
    int i;

    for (i = 0; i < count; i++) {
        if (events[i].data.ptr != NULL) {
            cctv_crowd_event(crowd, events[i].data.ptr, events[i].events);
        }
        else if (read(sockets.wake, &wakes, sizeof wakes) < 0) {
            /* Another event has said so before. */
            continue;
        }
    }
    empty_inbox(crowd);
}

static void *thread_main(void *unused)
{
    cctv_crowd_t crowd;
    bool is_ready = cctv_crowd_init(&crowd, sockets.epoll);

    (void)unused;
    while (is_ready && !atomic_load(&sockets.stop) && !cctv_end_is_near()) {
        wait_for_events(&crowd);
        cctv_crowd_serve(&crowd);
    }
    pthread_mutex_lock(&sockets.mutex);
    sockets.has_ended = true;
    pthread_mutex_unlock(&sockets.mutex);
    empty_inbox(&crowd);
    cctv_crowd_end(&crowd);
    return NULL;
}

/* ---- For the handlers ---- */

/* Connection filters of httpd that pass bytes on as they are. */
static bool is_transparent(const char *filter)
{
    static const char *const names[] = { "core", "reqtimeout" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(filter, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_of_tls(const char *filter)
{
    return strcmp(filter, "ssl/tls filter") == 0
           || strcmp(filter, "ssl/tls coalescing filter") == 0;
}

bool cctv_sockets_can_take(const request_rec *r)
{
    const ap_filter_t *filter;
    bool has_tls = false;

    if (r->connection->master != NULL || r->main != NULL) {
        return false;
    }
    for (filter = r->connection->output_filters; filter != NULL;
         filter = filter->next) {
        if (is_of_tls(filter->frec->name)) {
            has_tls = true;
        }
        else if (!is_transparent(filter->frec->name)) {
            return false;
        }
    }
    return !has_tls || cctv_tls_can_take(r->connection);
}

static bool start_thread(void)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    bool runs;

    pthread_mutex_lock(&sockets.mutex);
    if (!sockets.runs && sockets.epoll < 0) {
        sockets.epoll = epoll_create1(EPOLL_CLOEXEC);
        sockets.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        epoll_ctl(sockets.epoll, EPOLL_CTL_ADD, sockets.wake, &event);
    }
    /* A thread that starts after stop_thread() would not be waited for. */
    if (!sockets.runs && !sockets.has_ended && sockets.epoll >= 0
        && sockets.wake >= 0) {
        sockets.runs = cctv_thread_create(&sockets.thread, NULL, thread_main,
                                          NULL);
    }
    runs = sockets.runs;
    pthread_mutex_unlock(&sockets.mutex);
    return runs;
}

/* Some descriptors are left for connections and files. */
static bool leaves_enough(int fd)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) != 0
           || (rlim_t)fd < limit.rlim_cur - limit.rlim_cur / 8;
}

int cctv_sockets_copy(request_rec *r)
{
    apr_socket_t *socket = ap_get_conn_socket(r->connection);
    apr_os_sock_t own;
    int fd = -1;

    if (start_thread() && socket != NULL
        && apr_os_sock_get(&own, socket) == APR_SUCCESS) {
        fd = fcntl(own, F_DUPFD_CLOEXEC, 0);
    }
    if (fd >= 0 && !leaves_enough(fd)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void discard(cctv_crowd_client_t *client)
{
    cctv_socket_close(&client->socket);
    free(client);
}

/* @return false: the thread has ended. The client is closed */
static bool put_into_inbox(cctv_crowd_client_t *client)
{
    uint64_t one = 1;
    bool has_ended;

    pthread_mutex_lock(&sockets.mutex);
    has_ended = sockets.has_ended;
    if (!has_ended) {
        client->next = sockets.inbox;
        sockets.inbox = client;
    }
    pthread_mutex_unlock(&sockets.mutex);
    if (has_ended) {
        discard(client);
        return false;
    }
    return write(sockets.wake, &one, sizeof one) == sizeof one;
}

/* httpd has forgotten the connection of a client with TLS. */
static void session_taken(void *baton, struct ssl_st *tls)
{
    cctv_crowd_client_t *client = baton;
    bool has_memory = cctv_socket_use_tls(&client->socket, tls);

    if (!has_memory) {
        cctv_count(&cctv_push()->counters->closed[CCTV_CLOSED_MEMORY]);
        discard(client);
    }
    if (!has_memory || !put_into_inbox(client)) {
        cctv_push_leave(CCTV_CARRIER_SOCKET);
    }
}

bool cctv_sockets_take(request_rec *r, int fd, const cctv_follower_t *follower,
                       size_t size, cctv_time_t until)
{
    cctv_crowd_client_t *client = calloc(1, sizeof *client + size);

    if (client == NULL) {
        close(fd);
        return false;
    }
    memcpy(client->interest, follower->interest, size);
    client->follower = *follower;
    client->follower.interest = (const cctv_interest_t *)client->interest;
    cctv_socket_init(&client->socket, fd);
    client->until = until;
    /* httpd closes its copy of the descriptor without a word to the client. */
    r->connection->aborted = 1;
    if (cctv_tls_is_used(r->connection)) {
        cctv_tls_take(r->connection, session_taken, client);
        return true;
    }
    return put_into_inbox(client);
}

static apr_status_t stop_thread(void *unused)
{
    uint64_t one = 1;
    bool runs;

    (void)unused;
    atomic_store(&sockets.stop, true);
    pthread_mutex_lock(&sockets.mutex);
    runs = sockets.runs;
    sockets.runs = false;
    sockets.has_ended = true;
    pthread_mutex_unlock(&sockets.mutex);
    if (runs && write(sockets.wake, &one, sizeof one) == sizeof one) {
        pthread_join(sockets.thread, NULL);
    }
    return APR_SUCCESS;
}

void cctv_sockets_child_init(apr_pool_t *pchild)
{
    apr_pool_pre_cleanup_register(pchild, NULL, stop_thread);
}
