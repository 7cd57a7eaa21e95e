/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_probe.c
 * @brief A task of the keeper: ask Janus once a second whether it answers.
 * Layer: pure.
 */
#include "video/keeper_probe.h"

#include "video/janus_version.h"
#include "video/keeper_loss.h"
#include "video/keeper_media.h"

/* The time from the beginning of a probe to the beginning of the next: µs. */
#define INTERVAL 1000000

/* If this many probes in a row cannot connect, Janus is dead. */
#define LOST_PROBES 2

/* If Janus has answered nobody for this long, it is dead, or hangs: µs. It takes
 * two probes in a row, because a single one also takes so long if this process
 * stood still meanwhile. A Janus that is only busy answers a keepalive at once:
 * while it waits 10 s for a camera to end a connection (RTSP TEARDOWN), which
 * stops all calls about mountpoints, a keepalive took 22 ms. */
#define SILENCE 3500000

/* The shortest time limit of a probe: µs. */
#define LEAST_LIMIT 1000000

/* @return how long nobody has had an answer of Janus, neither the probes nor
 *         the requests and other tasks of the keeper: µs; 0: the last probe was
 *         answered */
static int64_t silence(const cctv_keeper_probe_t *probe)
{
    cctv_time_t answered = cctv_breaker_last_answer(
        &probe->keeper->server->region->breaker);
    cctv_time_t since = answered > probe->silent_since ? answered
                                                       : probe->silent_since;

    return probe->silent_since == 0 ? 0 : cctv_now() - since;
}

/* @return the time limit of the next probe, so that the views are told as soon
 *         as Janus was silent for SILENCE: µs */
static int64_t limit_of(const cctv_keeper_probe_t *probe)
{
    int64_t left = SILENCE - silence(probe);

    if (left < LEAST_LIMIT) {
        return probe->has_lost_views ? CCTV_KEEPER_LIMIT : LEAST_LIMIT;
    }
    return left < CCTV_KEEPER_LIMIT ? left : CCTV_KEEPER_LIMIT;
}

static cctv_janus_status_t probe_open(cctv_keeper_probe_t *probe,
                                      cctv_janus_session_t *session)
{
    cctv_janus_region_t *region = probe->keeper->server->region;
    cctv_janus_status_t status = cctv_janus_open(session);

    probe->session = status == CCTV_JANUS_OK ? session->id : 0;
    atomic_store(&region->refuses_sessions, status == CCTV_JANUS_REFUSED);
    if (status == CCTV_JANUS_OK) {
        cctv_janus_note_version(session, region);
        cctv_keeper_media_try(probe->views, session);
    }
    return status;
}

static cctv_janus_status_t probe_ask(cctv_keeper_probe_t *probe,
                                     cctv_janus_session_t *session)
{
    cctv_janus_status_t status;

    if (probe->session == 0) {
        return probe_open(probe, session);
    }
    session->id = probe->session;
    status = cctv_janus_keepalive(session);
    if (cctv_janus_has_forgotten(session, status)) {
        cctv_keeper_views_all_due(probe->views);
        status = probe_open(probe, session);
    }
    return status;
}

static void probe_note(cctv_keeper_probe_t *probe, cctv_janus_status_t status,
                       cctv_time_t started)
{
    bool is_first = probe->silent_since == 0;

    if (cctv_janus_has_answered(status)) {
        probe->silent_since = 0;
        probe->lost = 0;
        probe->has_lost_views = false;
        return;
    }
    if (is_first) {
        probe->silent_since = started;
    }
    probe->lost = status == CCTV_JANUS_LOST ? probe->lost + 1 : 0;
    if (!probe->has_lost_views
        && (probe->lost >= LOST_PROBES
            || (!is_first && silence(probe) >= SILENCE))) {
        probe->has_lost_views = true;
        cctv_keeper_lose_all(probe->keeper->shared, probe->keeper->server->key,
                             started);
    }
}

int64_t cctv_keeper_probe(void *probe_)
{
    cctv_keeper_probe_t *probe = probe_;
    cctv_time_t started = cctv_now();
    cctv_janus_session_t session;
    cctv_janus_status_t status;
    int64_t took;

    if (!cctv_keeper_begin(probe->keeper, limit_of(probe), &session)) {
        return INTERVAL;
    }
    status = probe_ask(probe, &session);
    cctv_keeper_end(probe->keeper, &session, status, started);
    if (!atomic_load(&probe->keeper->is_stopping)) {
        probe_note(probe, status, started);
    }
    if (cctv_janus_has_answered(status)) {
        cctv_keeper_sessions(probe->sessions);
    }
    took = cctv_now() - started;
    return took < INTERVAL ? INTERVAL - took : 0;
}
