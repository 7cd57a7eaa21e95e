/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cancel.c
 * @brief Cancels queries that take too long.
 * Layer: pure.
 */
#include "database/cancel.h"

#include "core/thread.h"

#include <pthread.h>
#include <stdlib.h>

struct cctv_cancel_t {
    cctv_canceller_t *canceller;
    PGcancel *request;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    bool is_done;
    /* The cancelling thread and the waiting one; the last of them frees the
     * struct. */
    int users;
};

/* Call it with the mutex held; it unlocks the mutex. */
static void cancel_release(cctv_cancel_t *cancel)
{
    bool is_last = --cancel->users == 0;

    pthread_mutex_unlock(&cancel->mutex);
    if (is_last) {
        pthread_mutex_destroy(&cancel->mutex);
        pthread_cond_destroy(&cancel->change);
        PQfreeCancel(cancel->request);
        free(cancel);
    }
}

static void *cancel_main(void *cancel_)
{
    cctv_cancel_t *cancel = cancel_;
    cctv_canceller_t *canceller = cancel->canceller;
    char error[256];

    PQcancel(cancel->request, error, sizeof error);
    pthread_mutex_lock(&cancel->mutex);
    cancel->is_done = true;
    pthread_cond_signal(&cancel->change);
    cancel_release(cancel);
    atomic_fetch_sub(&canceller->running, 1);
    return NULL;
}

static cctv_cancel_t *cancel_make(cctv_canceller_t *canceller, PGconn *conn)
{
    cctv_cancel_t *cancel = calloc(1, sizeof *cancel);

    if (cancel == NULL) {
        return NULL;
    }
    cancel->canceller = canceller;
    cancel->users = 1;
    cancel->request = PQgetCancel(conn);
    if (cancel->request == NULL
        || pthread_mutex_init(&cancel->mutex, NULL) != 0) {
        PQfreeCancel(cancel->request);
        free(cancel);
        return NULL;
    }
    if (!cctv_cond_init(&cancel->change)) {
        pthread_mutex_destroy(&cancel->mutex);
        PQfreeCancel(cancel->request);
        free(cancel);
        return NULL;
    }
    return cancel;
}

cctv_cancel_t *cctv_cancel_start(cctv_canceller_t *canceller, PGconn *conn)
{
    cctv_cancel_t *cancel = NULL;

    if (atomic_fetch_add(&canceller->running, 1) < CCTV_CANCELS_MAX) {
        cancel = cancel_make(canceller, conn);
    }
    if (cancel != NULL) {
        cancel->users = 2;
        if (cctv_thread_start(cancel_main, cancel)) {
            return cancel;
        }
        cancel->users = 1;
        pthread_mutex_lock(&cancel->mutex);
        cancel_release(cancel);
    }
    atomic_fetch_sub(&canceller->running, 1);
    return NULL;
}

bool cctv_cancel_wait(cctv_cancel_t *cancel, cctv_time_t deadline)
{
    bool is_done;

    pthread_mutex_lock(&cancel->mutex);
    while (!cancel->is_done
           && cctv_cond_wait(&cancel->change, &cancel->mutex, deadline)) {
    }
    is_done = cancel->is_done;
    cancel_release(cancel);
    return is_done;
}
