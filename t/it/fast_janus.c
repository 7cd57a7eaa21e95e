/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fast_janus.c
 * @brief A stand-in for Janus that answers thousands of calls a second:
 *        fast_janus PORT DELAY. Each answer comes DELAY µs after its call.
 *
 * Every camera has a mountpoint of mod_cctv that receives media. As in Janus,
 * a Janus session without requests for 30 s is dropped. GET /stats returns
 * statistics since the last GET /reset; see stats(). Expired ones are those of
 * viewers: a server that stops leaves those of its keeper to Janus. It has no
 * faults; janus_double.py has them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SESSIONS = 1 << 20,
    CONNECTIONS = 4096,
    PENDING = 1 << 16,
    REQUEST = 32768,
    REPLY = 4096,
    TIMEOUT = 30000000
};

typedef struct {
    int64_t used; /* 0: no Janus session */
    bool has_watched;
} session_t;

typedef struct {
    char request[REQUEST];
    size_t len;
    uint64_t number; /* counts all connections since the start */
} connection_t;

typedef struct {
    int64_t due;
    int fd;
    uint64_t number;
    char *text;
} pending_t;

static session_t sessions[SESSIONS];
static uint64_t made = 1;
static connection_t *connections[CONNECTIONS];
static pending_t pending[PENDING];
static size_t first, last;
static uint64_t numbers;
static int64_t delay;

static struct {
    long calls, destroyed, expired, unknown;
    int64_t gap;
} seen;

static int64_t now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- The answers of Janus ---- */

static session_t *find(uint64_t id)
{
    session_t *session = id > 0 && id < made ? &sessions[id] : NULL;

    if (session != NULL && session->used != 0
        && now() - session->used > TIMEOUT) {
        session->used = 0;
        seen.expired += session->has_watched;
    }
    return session != NULL && session->used != 0 ? session : NULL;
}

static void use(session_t *session)
{
    int64_t gap = now() - session->used;

    if (session->has_watched && gap > seen.gap) {
        seen.gap = gap;
    }
    session->used += gap;
}

static int stats(char *reply)
{
    long live = 0;
    long watching = 0;
    uint64_t id;

    for (id = 1; id < made; id++) {
        session_t *session = find(id);

        if (session != NULL) {
            int64_t gap = now() - session->used;

            live++;
            watching += session->has_watched;
            if (session->has_watched && gap > seen.gap) {
                seen.gap = gap;
            }
        }
    }
    return sprintf(reply,
                   "{\"calls\":%ld,\"live\":%ld,\"watching\":%ld,"
                   "\"destroyed\":%ld,\"expired\":%ld,\"unknown\":%ld,"
                   "\"longest_gap\":%.3f}",
                   seen.calls, live, watching, seen.destroyed, seen.expired,
                   seen.unknown, (double)seen.gap / 1e6);
}

/* The text after `"name":` in a body. */
static const char *member(const char *body, const char *name)
{
    char key[64];
    const char *at;

    snprintf(key, sizeof key, "\"%s\":", name);
    at = strstr(body, key);
    return at == NULL ? "" : at + strlen(key);
}

static bool is(const char *value, const char *word)
{
    return strncmp(value + 1, word, strlen(word)) == 0
           && value[strlen(word) + 1] == '"';
}

#define MOUNTPOINT                                                            \
    "{\"id\":%d,\"metadata\":\"mod_cctv rtp 1\",\"enabled\":true,"            \
    "\"viewers\":1,\"media\":[{\"type\":\"video\",\"mid\":\"v\","             \
    "\"age_ms\":7}]}"
#define DATA(more)                                                            \
    "{\"janus\":\"success\",\"plugindata\":{\"plugin\":"                      \
    "\"janus.plugin.streaming\",\"data\":{" more "}}}"

static int message(session_t *session, const char *body, char *reply)
{
    const char *request = member(body, "request");
    int id = atoi(member(body, "id"));

    if (is(request, "watch") || is(request, "start")) {
        session->has_watched = true;
        return sprintf(reply, "{\"janus\":\"ack\"}");
    }
    if (is(request, "info")) {
        return sprintf(reply, DATA("\"info\":" MOUNTPOINT), id);
    }
    if (is(request, "list")) {
        return sprintf(reply, DATA("\"list\":[" MOUNTPOINT "]"), 1);
    }
    return sprintf(reply, DATA("\"streaming\":\"ok\""));
}

static int refuse(char *reply)
{
    seen.unknown++;
    return sprintf(reply, "{\"janus\":\"error\",\"error\":{\"code\":458,"
                          "\"reason\":\"No such session\"}}");
}

static int call(const char *path, const char *body, char *reply)
{
    const char *name = member(body, "janus");
    uint64_t id = strtoull(path + strcspn(path + 1, "/ ") + 2, NULL, 10);
    session_t *session = find(id);

    if (is(name, "create")) {
        sessions[made].used = now();
        return sprintf(reply, "{\"janus\":\"success\",\"data\":{\"id\":%lu}}",
                       (unsigned long)made++);
    }
    if (is(name, "list_handles")) {
        return sprintf(reply, "{\"janus\":\"success\",\"handles\":[]}");
    }
    if (is(name, "list_sessions")) {
        return sprintf(reply, "{\"janus\":\"error\",\"error\":{\"code\":457,"
                              "\"reason\":\"Unhandled request\"}}");
    }
    if (session == NULL) {
        return refuse(reply);
    }
    if (is(name, "handle_info")) {
        return sprintf(reply,
                       "{\"janus\":\"success\",\"info\":{\"flags\":{"
                       "\"alert\":false},\"webrtc\":{\"ice\":{\"state\":"
                       "\"ready\"},\"dtls\":{\"ready\":true}}}}");
    }
    if (is(name, "destroy")) {
        session->used = 0;
        seen.destroyed++;
        return sprintf(reply, "{\"janus\":\"success\"}");
    }
    use(session);
    if (is(name, "attach")) {
        return sprintf(reply, "{\"janus\":\"success\",\"data\":{\"id\":%lu}}",
                       (unsigned long)id + SESSIONS);
    }
    return is(name, "message") ? message(session, body, reply)
                               : sprintf(reply, "{\"janus\":\"ack\"}");
}

/* A fingerprint of sha-256 has 32 bytes. */
#define FOUR "8B:5F:E5:37"
#define PRINT                                                                 \
    FOUR ":" FOUR ":" FOUR ":" FOUR ":" FOUR ":" FOUR ":" FOUR ":" FOUR

static int offer(char *reply)
{
    return sprintf(
        reply,
        "{\"janus\":\"event\",\"plugindata\":{\"plugin\":\"p\","
        "\"data\":{\"result\":{\"status\":\"preparing\"}}},\"jsep\":{"
        "\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 1 1 IN IP4 "
        "192.0.2.2\\r\\ns=x\\r\\nt=0 0\\r\\na=fingerprint:sha-256 " PRINT
        "\\r\\nm=video 9 UDP/TLS/RTP/SAVPF 96\\r\\nc=IN IP4 "
        "192.0.2.2\\r\\na=sendonly\\r\\na=mid:v\\r\\na=ice-ufrag:abcd"
        "\\r\\na=ice-pwd:b2RqfDINyDlSlecynyiJE2\\r\\na=setup:actpass"
        "\\r\\na=rtpmap:96 H264/90000\\r\\na=candidate:1 1 udp 2015363327 "
        "192.0.2.2 44208 typ host\\r\\n\"}}");
}

/* ---- HTTP ---- */

static void answer(int fd, const char *request, const char *body)
{
    static char reply[REPLY];
    const char *path = strchr(request, ' ') + 1;
    int len;
    pending_t *next = &pending[last];

    seen.calls++;
    if (strncmp(path, "/stats", 6) == 0) {
        len = stats(reply);
    }
    else if (strncmp(path, "/reset", 6) == 0) {
        memset(&seen, 0, sizeof seen);
        len = sprintf(reply, "{}");
    }
    else {
        len = request[0] == 'G' ? offer(reply) : call(path, body, reply);
    }
    *next = (pending_t){ .due = now() + delay,
                         .fd = fd,
                         .number = connections[fd]->number };
    if (asprintf(&next->text,
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                 "Content-Length: %d\r\n\r\n%s",
                 len, reply)
        < 0) {
        exit(1);
    }
    last = (last + 1) % PENDING;
}

static void receive(int fd)
{
    connection_t *c = connections[fd];
    ssize_t got = read(fd, c->request + c->len, REQUEST - 1 - c->len);
    const char *end;
    const char *length;
    size_t whole;

    if (got <= 0) {
        close(fd);
        free(c);
        connections[fd] = NULL;
        return;
    }
    c->len += (size_t)got;
    c->request[c->len] = '\0';
    end = strstr(c->request, "\r\n\r\n");
    if (end == NULL) {
        return;
    }
    length = strcasestr(c->request, "\r\nContent-Length:");
    whole = (size_t)(end + 4 - c->request)
            + (length != NULL && length < end ? strtoul(length + 17, NULL, 10)
                                              : 0);
    if (c->len >= whole) {
        answer(fd, c->request, end + 4);
        c->len = 0;
    }
}

static void send_due(void)
{
    while (first != last && pending[first].due <= now()) {
        pending_t *next = &pending[first];

        if (connections[next->fd] != NULL
            && connections[next->fd]->number == next->number
            && write(next->fd, next->text, strlen(next->text)) < 0) {
            shutdown(next->fd, SHUT_RDWR);
        }
        free(next->text);
        first = (first + 1) % PENDING;
    }
}

static void take(int epoll, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    int on = 1;
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    if (fd < 0 || fd >= CONNECTIONS) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections[fd] = calloc(1, sizeof *connections[fd]);
    connections[fd]->number = ++numbers;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int wait_for(int epoll, struct epoll_event *events, int max)
{
    int64_t left = first == last ? 1000000 : pending[first].due - now();
    struct timespec ts = { .tv_sec = left > 0 ? left / 1000000 : 0,
                           .tv_nsec = left > 0 ? left % 1000000 * 1000 : 0 };

    return epoll_pwait2(epoll, events, max, &ts, NULL);
}

int main(int argc, char **argv)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int epoll = epoll_create1(0);
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0)),
    };
    socklen_t size = sizeof address;
    struct epoll_event events[256];
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };

    delay = argc > 2 ? atoi(argv[2]) : 0;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, size) != 0
        || listen(listener, 1024) != 0
        || getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        perror("fast_janus");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = wait_for(epoll, events, 256);
        int i;

        for (i = 0; i < count; i++) {
            if (events[i].data.fd == listener) {
                take(epoll, listener);
            }
            else {
                receive(events[i].data.fd);
            }
        }
        send_due();
    }
}
