/* SPDX-License-Identifier: Apache-2.0 */
#include "t_postgres.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CANCEL_REQUEST 80877102

static int count_in(const struct pollfd *fds)
{
    int count = 0;
    int i;

    for (i = 1; i <= T_POSTGRES_CLIENTS; i++) {
        count += fds[i].fd >= 0;
    }
    return count;
}

/* A client on a busy machine may have given up already, here and below. */
static void refuse(int fd)
{
    static const char fields[] = "SFATAL\0VFATAL\0C53300\0"
                                 "Msorry, too many clients already\0";
    uint32_t len = htonl(4 + sizeof fields);
    char message[5 + sizeof fields] = "E";

    memcpy(message + 1, &len, sizeof len);
    memcpy(message + 5, fields, sizeof fields);
    (void)send(fd, message, sizeof message, MSG_NOSIGNAL);
}

/* @return whether the client stays */
static bool let_in(int fd)
{
    static const char welcome[] = "R\0\0\0\10\0\0\0\0"
                                  "K\0\0\0\14\0\0\0\1\0\0\0\2"
                                  "Z\0\0\0\5I";

    return send(fd, welcome, sizeof welcome - 1, MSG_NOSIGNAL) > 0;
}

/* @return whether the client stays */
static bool greet(t_postgres_t *postgres, int fd, int clients)
{
    uint32_t head[2];

    if (recv(fd, head, sizeof head, MSG_WAITALL) != sizeof head) {
        return false;
    }
    if (ntohl(head[1]) == CANCEL_REQUEST) {
        atomic_fetch_add(&postgres->cancels, 1);
        return false;
    }
    if (clients >= atomic_load(&postgres->limit)) {
        atomic_fetch_add(&postgres->refused, 1);
        refuse(fd);
        return false;
    }
    return let_in(fd);
}

static void welcome(t_postgres_t *postgres, struct pollfd *fds)
{
    int fd = accept(fds[0].fd, NULL, NULL);
    int i = 1;

    while (i < T_POSTGRES_CLIENTS && fds[i].fd >= 0) {
        i++;
    }
    if (greet(postgres, fd, count_in(fds))) {
        fds[i].fd = fd;
    }
    else {
        close(fd);
    }
}

static void listen_to(struct pollfd *client)
{
    char data[512];

    if (client->revents != 0
        && recv(client->fd, data, sizeof data, MSG_DONTWAIT) <= 0) {
        close(client->fd);
        client->fd = -1;
    }
}

static void serve_once(t_postgres_t *postgres, struct pollfd *fds)
{
    int clients;
    int i;

    poll(fds, 1 + T_POSTGRES_CLIENTS, 5);
    for (i = 1; i <= T_POSTGRES_CLIENTS; i++) {
        listen_to(&fds[i]);
    }
    if (fds[0].revents != 0) {
        welcome(postgres, fds);
    }
    clients = count_in(fds);
    atomic_store(&postgres->clients, clients);
    if (clients > atomic_load(&postgres->most)) {
        atomic_store(&postgres->most, clients);
    }
}

static void *serve(void *postgres_)
{
    t_postgres_t *postgres = postgres_;
    struct pollfd fds[1 + T_POSTGRES_CLIENTS];
    int i;

    for (i = 0; i <= T_POSTGRES_CLIENTS; i++) {
        fds[i] = (struct pollfd){ .fd = i == 0 ? postgres->listener : -1,
                                  .events = POLLIN };
    }
    while (!atomic_load(&postgres->is_stopping)) {
        bool hangs = atomic_load(&postgres->hangs);

        atomic_store(&postgres->has_noticed, hangs);
        if (hangs) {
            poll(NULL, 0, 1);
        }
        else {
            serve_once(postgres, fds);
        }
    }
    for (i = 0; i <= T_POSTGRES_CLIENTS; i++) {
        if (fds[i].fd >= 0) {
            close(fds[i].fd);
        }
    }
    return NULL;
}

void t_postgres_start(t_postgres_t *postgres, int limit)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    memset(postgres, 0, sizeof *postgres);
    strcpy(postgres->folder, "/tmp/t_postgres-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(postgres->folder));
    snprintf(postgres->params, sizeof postgres->params,
             "host=%s port=1 user=u dbname=d", postgres->folder);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.1",
             postgres->folder);
    atomic_store(&postgres->limit, limit);
    postgres->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(
        bind(postgres->listener, (struct sockaddr *)&address, sizeof address),
        0);
    ck_assert_int_eq(listen(postgres->listener, T_POSTGRES_CLIENTS), 0);
    ck_assert_int_eq(pthread_create(&postgres->thread, NULL, serve, postgres),
                     0);
}

void t_postgres_stop(t_postgres_t *postgres)
{
    char path[64];

    atomic_store(&postgres->is_stopping, true);
    pthread_join(postgres->thread, NULL);
    snprintf(path, sizeof path, "%s/.s.PGSQL.1", postgres->folder);
    unlink(path);
    rmdir(postgres->folder);
}

void t_postgres_hang(t_postgres_t *postgres)
{
    atomic_store(&postgres->hangs, true);
    while (!atomic_load(&postgres->has_noticed)) {
        poll(NULL, 0, 1);
    }
}

void t_postgres_go_on(t_postgres_t *postgres)
{
    atomic_store(&postgres->hangs, false);
}

PGconn *t_postgres_connect(const t_postgres_t *postgres)
{
    PGconn *conn = PQconnectdb(postgres->params);

    ck_assert_int_eq(PQstatus(conn), CONNECTION_OK);
    return conn;
}
