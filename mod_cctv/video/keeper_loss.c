/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_loss.c
 * @brief Views whose Janus session is gone.
 * Layer: pure.
 */
#include "video/keeper_loss.h"

static void loss_end(cctv_shared_t *shared, const cctv_session_t *session)
{
    cctv_moment_t now = { .time = cctv_now(), .day = cctv_today() };

    cctv_view_end(shared, session, CCTV_ENDED_GONE, now);
}

bool cctv_keeper_keeps(const cctv_session_t *session)
{
    return session->janus != 0 && !session->is_gone
           && (session->way == CCTV_WAY_SERVER
               || session->way == CCTV_WAY_WHEP);
}

void cctv_keeper_lose(cctv_shared_t *shared, cctv_session_t *session)
{
    cctv_sessions_lose(&shared->sessions, session);
    if (session->way == CCTV_WAY_WHEP) {
        loss_end(shared, session);
    }
}

void cctv_keeper_lose_all(cctv_shared_t *shared, cctv_time_t before)
{
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && cctv_keeper_keeps(&session) && session.started < before) {
            cctv_keeper_lose(shared, &session);
        }
    }
}

void cctv_keeper_end_all(cctv_shared_t *shared)
{
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && session.way != CCTV_WAY_NONE) {
            loss_end(shared, &session);
        }
    }
}
