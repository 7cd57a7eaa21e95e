/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_janus.c
 * @brief A stand-in for Janus: a server in a thread of the test.
 */
#include "t_common.h"
#include "t_janus.h"

#include "apr_allocator.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 16,
    REQUESTS = 32,
    REQUEST_SIZE = 8192
};

typedef struct {
    char text[REQUEST_SIZE];
    const char *body;
} request_t;

static struct {
    pthread_t thread;
    pthread_mutex_t mutex;
    /* [0] accepts connections, [1] tells the thread to end. */
    struct pollfd fds[2 + CONNECTIONS];
    nfds_t count;
    int stop;
    const t_answer_t *next;
    int connections;
    int received;
    request_t requests[REQUESTS];
} server = { .mutex = PTHREAD_MUTEX_INITIALIZER };

cctv_janus_session_t session;
cctv_janus_t *janus;
cctv_janus_counters_t counters;

/* ---- The server thread ---- */

/* Read a whole request. @return false: the connection has ended */
static bool receive(int fd, request_t *request)
{
    size_t len = 0;
    size_t rest = 1;

    request->body = NULL;
    while (rest > 0) {
        const char *length;
        const char *end;
        ssize_t n = recv(fd, request->text + len, REQUEST_SIZE - 1 - len, 0);

        if (n <= 0) {
            return false;
        }
        len += (size_t)n;
        request->text[len] = '\0';
        end = strstr(request->text, "\r\n\r\n");
        if (end != NULL) {
            length = strcasestr(request->text, "\r\nContent-Length:");
            request->body = end + 4;
            rest = length == NULL ? 0 : strtoul(length + 17, NULL, 10);
            rest -= len - (size_t)(request->body - request->text);
        }
    }
    return true;
}

static bool send_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

        if (n <= 0) {
            return false;
        }
        text += n;
        len -= (size_t)n;
    }
    return true;
}

static void send_head(int fd, size_t len)
{
    char head[128];

    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n",
             len);
    send_all(fd, head, strlen(head));
}

/* @return whether the connection stays open */
static bool answer(int fd, const t_answer_t *with)
{
    size_t len = with->text == NULL ? 0 : strlen(with->text);

    switch (with->how) {
    case T_ANSWER:
    case T_CLOSE:
        send_head(fd, len);
        send_all(fd, with->text, len);
        return with->how == T_ANSWER;
    case T_RAW:
        send_all(fd, with->text, len);
        return false;
    case T_HALF:
    case T_STUCK:
        send_head(fd, len + 10);
        send_all(fd, with->text, len);
        return with->how == T_STUCK;
    case T_SILENT:
        return true;
    case T_ENDLESS:
        send_head(fd, (size_t)1 << 40);
        while (send_all(fd, with->text, len)) {
        }
        return false;
    default:
        return false;
    }
}

/* @return whether the connection stays open */
static bool serve(int fd)
{
    static request_t request;
    const t_answer_t *with;

    if (!receive(fd, &request)) {
        return false;
    }
    pthread_mutex_lock(&server.mutex);
    with = server.next;
    if (with->how != T_LAST) {
        request_t *kept = &server.requests[server.received++];

        server.next++;
        memcpy(kept->text, request.text, sizeof kept->text);
        kept->body = kept->text + (request.body - request.text);
    }
    pthread_mutex_unlock(&server.mutex);
    return answer(fd, with);
}

static void take_connection(void)
{
    int fd = accept(server.fds[0].fd, NULL, NULL);

    if (fd >= 0 && server.count < 2 + CONNECTIONS) {
        pthread_mutex_lock(&server.mutex);
        server.connections++;
        pthread_mutex_unlock(&server.mutex);
        server.fds[server.count++] = (struct pollfd){ .fd = fd,
                                                      .events = POLLIN };
    }
}

static void *run(void *unused)
{
    nfds_t i;

    (void)unused;
    for (;;) {
        poll(server.fds, server.count, -1);
        if (server.fds[1].revents != 0) {
            break;
        }
        for (i = 2; i < server.count; i++) {
            if (server.fds[i].revents != 0 && !serve(server.fds[i].fd)) {
                close(server.fds[i].fd);
                server.fds[i].fd = -1;
            }
        }
        if (server.fds[0].revents != 0) {
            take_connection();
        }
    }
    for (i = 0; i < server.count; i++) {
        close(server.fds[i].fd);
    }
    return NULL;
}

/* ---- Called by tests ---- */

static int listen_anywhere(char *url, size_t size)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(listen(fd, 16), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(url, size, "http://127.0.0.1:%d/janus", ntohs(address.sin_port));
    return fd;
}

void t_janus_serve(const t_answer_t *answers)
{
    /* The client keeps its connections until the process ends, so their
     * memory cannot come from the pool of a test. The allocator is static
     * because leak checkers follow variables, but not pools, whose memory may
     * be mapped. */
    static apr_allocator_t *allocator;
    apr_pool_t *forever;
    static cctv_janus_tally_t tally;
    static char url[64];
    const cctv_janus_place_t place = { .url = url,
                                       .admin_url = url,
                                       .secret = SECRET,
                                       .counters = &counters,
                                       .tally = &tally };
    int ends[2];

    memset(&counters, 0, sizeof counters);
    ck_assert_int_eq(pipe(ends), 0);
    server.fds[0] = (struct pollfd){ .fd = listen_anywhere(url, sizeof url),
                                     .events = POLLIN };
    server.fds[1] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
    server.stop = ends[1];
    server.count = 2;
    server.next = answers;
    server.connections = 0;
    server.received = 0;
    ck_assert_int_eq(pthread_create(&server.thread, NULL, run, NULL), 0);
    if (allocator == NULL) {
        apr_allocator_create(&allocator);
    }
    apr_pool_create_unmanaged_ex(&forever, NULL, allocator);
    janus = cctv_janus_create(forever, &place);
    ck_assert(cctv_janus_begin(janus, cctv_now() + 60 * SECOND, &session));
    session.id = 11;
    session.handle = 12;
}

void t_janus_refuse(void)
{
    if (server.stop != -1) {
        close(server.stop);
        server.stop = -1;
        pthread_join(server.thread, NULL);
    }
}

void t_janus_stop(void)
{
    cctv_janus_end(&session);
    t_janus_refuse();
}

int t_janus_connections(void)
{
    int count;

    pthread_mutex_lock(&server.mutex);
    count = server.connections;
    pthread_mutex_unlock(&server.mutex);
    return count;
}

static const request_t *request_at(int index)
{
    bool is_there;

    pthread_mutex_lock(&server.mutex);
    is_there = index < server.received;
    pthread_mutex_unlock(&server.mutex);
    ck_assert(is_there);
    return &server.requests[index];
}

const char *t_janus_line(int index)
{
    static char line[256];
    const char *text = request_at(index)->text;

    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\r"), text);
    return line;
}

json_t *t_janus_body(int index)
{
    json_t *body = json_loads(request_at(index)->body, 0, NULL);

    ck_assert_ptr_nonnull(body);
    return body;
}
