/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file thread.c
 * @brief Threads of the module's own, how they wait, and how they are stopped.
 * Layer: pure.
 */
#include "core/thread.h"

#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool cctv_thread_create(pthread_t *thread, const pthread_attr_t *attr,
                        void *(*run)(void *), void *arg)
{
    sigset_t all;
    sigset_t before;
    int rv;

    /* A new thread inherits the signal mask of the thread that starts it. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = pthread_create(thread, attr, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rv == 0;
}

bool cctv_thread_start(void *(*run)(void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t thread;
    bool has_started;

    if (pthread_attr_init(&attr) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    has_started = cctv_thread_create(&thread, &attr, run, arg);
    pthread_attr_destroy(&attr);
    return has_started;
}

int64_t cctv_thread_spent(void)
{
    struct timespec time = { .tv_sec = 0 };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

void cctv_futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t time)
{
    struct timespec ts = { .tv_sec = time / 1000000,
                           .tv_nsec = time % 1000000 * 1000 };

    syscall(SYS_futex, word, FUTEX_WAIT, value, &ts, NULL, 0);
}

void cctv_futex_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

bool cctv_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    bool ok;

    if (pthread_condattr_init(&attr) != 0) {
        return false;
    }
    /* The wall clock may be stepped. */
    ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0
         && pthread_cond_init(cond, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return ok;
}

bool cctv_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                    cctv_time_t deadline)
{
    struct timespec until = { .tv_sec = deadline / 1000000,
                              .tv_nsec = deadline % 1000000 * 1000 };

    if (cctv_now() >= deadline) {
        return false;
    }
    pthread_cond_timedwait(cond, mutex, &until);
    return true;
}

bool cctv_stop_init(cctv_stop_t *stop)
{
    stop->is_told = false;
    if (pthread_mutex_init(&stop->mutex, NULL) != 0) {
        return false;
    }
    if (!cctv_cond_init(&stop->told)) {
        pthread_mutex_destroy(&stop->mutex);
        return false;
    }
    return true;
}

void cctv_stop_destroy(cctv_stop_t *stop)
{
    pthread_cond_destroy(&stop->told);
    pthread_mutex_destroy(&stop->mutex);
}

void cctv_stop_tell(cctv_stop_t *stop)
{
    pthread_mutex_lock(&stop->mutex);
    stop->is_told = true;
    pthread_cond_broadcast(&stop->told);
    pthread_mutex_unlock(&stop->mutex);
}

bool cctv_stop_pause(cctv_stop_t *stop, int64_t time)
{
    cctv_time_t until = cctv_now() + time;
    bool is_told;

    pthread_mutex_lock(&stop->mutex);
    while (!stop->is_told
           && cctv_cond_wait(&stop->told, &stop->mutex, until)) {
    }
    is_told = stop->is_told;
    pthread_mutex_unlock(&stop->mutex);
    return !is_told;
}
