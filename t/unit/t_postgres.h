/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_postgres.h
 * @brief A stand-in for PostgreSQL: it lets clients in up to a limit, refuses
 *        the others with SQLSTATE 53300, and notes cancels.
 */
#ifndef T_POSTGRES_H
#define T_POSTGRES_H

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define T_POSTGRES_CLIENTS 64

/** One server with a thread of its own. */
typedef struct {
    char folder[32];
    char params[64]; /**< a connection string */
    atomic_int limit;
    atomic_int clients; /**< those that are in */
    atomic_int most;    /**< the most that were in at a time */
    atomic_int refused;
    atomic_int cancels;
    atomic_bool hangs;
    atomic_bool has_noticed; /**< that it has to hang */
    atomic_bool is_stopping;
    int listener;
    pthread_t thread;
} t_postgres_t;

void t_postgres_start(t_postgres_t *postgres, int limit);
void t_postgres_stop(t_postgres_t *postgres);

/** From when this returns, the server answers nothing and accepts nobody. */
void t_postgres_hang(t_postgres_t *postgres);
void t_postgres_go_on(t_postgres_t *postgres);

/** Connect as a client that has to get in. */
PGconn *t_postgres_connect(const t_postgres_t *postgres);

#endif
