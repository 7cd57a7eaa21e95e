/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_ended.c
 * @brief A task of the keeper: destroy the Janus sessions of views that have
 *        ended.
 * Layer: pure.
 */
#include "video/keeper_ended.h"

/* The time between two looks at an empty ring: µs. */
#define PAUSE 100000

/* If new ids were put into the ring, a round begins at once. Otherwise the
 * rounds are this far apart, for ids that another keeper left or that Janus
 * did not answer about: µs. */
#define ROUND 1000000

/* A Janus session that a thread is destroying. */
typedef struct {
    uint64_t entry; /* in the ring */
    uint64_t id;
    uint32_t place;
    int thread;
} ended_job_t;

static int ended_find_busy(const cctv_keeper_ended_t *ended, uint64_t entry)
{
    int i;

    for (i = 0; i < CCTV_KEEPER_ENDED_THREADS; i++) {
        if (ended->busy[i] == entry) {
            return i;
        }
    }
    return -1;
}

/* @return whether a new round has begun */
static bool ended_begin_round(cctv_keeper_ended_t *ended, cctv_time_t now)
{
    const cctv_discard_t *ring = ended->keeper->server->discarded;
    uint64_t next = atomic_load_explicit(ring->next, memory_order_relaxed);

    if (next == ended->next && now < ended->round_due) {
        return false;
    }
    ended->next = next;
    ended->round_due = now + ROUND;
    ended->place = 0;
    return true;
}

/* Take the next id of this round. @return false: there is none left */
static bool ended_next(cctv_keeper_ended_t *ended, ended_job_t *job)
{
    const cctv_discard_t *ring = ended->keeper->server->discarded;

    for (; ended->place < ring->size; ended->place++) {
        job->entry = cctv_discard_look(ring, ended->place);
        if (job->entry != 0
            && cctv_discard_is_of(job->entry, ended->keeper->server->key,
                                  &job->id)
            && ended_find_busy(ended, job->entry) < 0) {
            job->thread = ended_find_busy(ended, 0);
            job->place = ended->place++;
            ended->busy[job->thread] = job->entry;
            return true;
        }
    }
    return false;
}

static bool ended_take(cctv_keeper_ended_t *ended, ended_job_t *job)
{
    bool is_taken;

    pthread_mutex_lock(&ended->mutex);
    is_taken = cctv_now() >= ended->rests_until
               && (ended_next(ended, job)
                   || (ended_begin_round(ended, cctv_now())
                       && ended_next(ended, job)));
    pthread_mutex_unlock(&ended->mutex);
    return is_taken;
}

static void ended_done(cctv_keeper_ended_t *ended, const ended_job_t *job,
                       bool is_destroyed)
{
    if (is_destroyed) {
        cctv_discard_done(ended->keeper->server->discarded, job->place,
                          job->entry);
    }
    pthread_mutex_lock(&ended->mutex);
    ended->busy[job->thread] = 0;
    if (!is_destroyed) {
        ended->rests_until = cctv_now() + ROUND;
    }
    pthread_mutex_unlock(&ended->mutex);
}

int64_t cctv_keeper_ended(void *ended_)
{
    cctv_keeper_ended_t *ended = ended_;
    cctv_time_t started = cctv_now();
    cctv_janus_session_t session;
    cctv_janus_status_t status;
    ended_job_t job;

    if (cctv_keeper_is_down(ended->keeper)) {
        return CCTV_KEEPER_PAUSE;
    }
    if (!ended_take(ended, &job)) {
        return PAUSE;
    }
    if (!cctv_keeper_begin(ended->keeper, CCTV_KEEPER_LIMIT, &session)) {
        ended_done(ended, &job, false);
        return PAUSE;
    }
    status = cctv_janus_destroy(&session, job.id);
    cctv_keeper_end(ended->keeper, &session, status, started);
    ended_done(ended, &job, status == CCTV_JANUS_OK);
    return 0;
}
