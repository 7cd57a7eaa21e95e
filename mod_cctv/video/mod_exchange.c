/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_exchange.c
 * @brief When a request may call Janus, and what its calls say about Janus.
 * Layer: httpd.
 */
#include "video/mod_exchange.h"

#include "core/mod_log.h"
#include "video/mod_part.h"

const char cctv_video_down[] =
    "The video server does not answer at the moment; try again in a second.";

static bool turn_away(cctv_janus_error_t error)
{
    cctv_count(&cctv_video_memory()->counters.errors[error]);
    return false;
}

static void leave_gate(cctv_exchange_t *x)
{
    if (x->is_inside) {
        cctv_gate_leave(&x->server->gate, x->entered);
        x->is_inside = false;
    }
}

bool cctv_exchange_begin(cctv_exchange_t *x)
{
    cctv_time_t since;

    x->started = cctv_now();
    if (!cctv_gate_enter(&x->server->gate, x->started + CCTV_EXCHANGE_LIMIT)) {
        return turn_away(CCTV_JANUS_ERROR_BUSY);
    }
    x->entered = cctv_now();
    x->is_inside = true;
    switch (cctv_breaker_ask(&x->server->region->breaker, x->entered,
                             CCTV_EXCHANGE_LIMIT, &since)) {
    case CCTV_BREAKER_CLOSED:
        break;
    case CCTV_BREAKER_PROBE:
        x->is_probe = true;
        break;
    case CCTV_BREAKER_PROBED:
    case CCTV_BREAKER_DOWN:
        leave_gate(x);
        return turn_away(CCTV_JANUS_ERROR_DOWN);
    }
    x->is_talking = cctv_janus_begin(
        x->server->client, x->started + CCTV_EXCHANGE_LIMIT, &x->session);
    if (!x->is_talking) {
        leave_gate(x);
    }
    return x->is_talking;
}

void cctv_exchange_judge(cctv_exchange_t *x, cctv_janus_status_t status)
{
    cctv_time_t now = cctv_now();

    if (cctv_janus_has_answered(status)) {
        x->is_probe = false;
        if (cctv_breaker_answered(&x->server->region->breaker, now)) {
            CCTV_LOG_R(APLOG_NOTICE, 0, x->r, "CCTV0021", "%s answers again",
                       x->server->words.title);
        }
    }
    else if (!cctv_exchange_is_waiting(x)) {
        cctv_breaker_failed(&x->server->region->breaker, now, x->entered,
                            x->is_probe);
    }
}

void cctv_exchange_leave(cctv_exchange_t *x)
{
    if (x->is_talking) {
        cctv_janus_end(&x->session);
    }
    if (x->is_cold) {
        cctv_cold_leave(&x->video->cold, x->client);
    }
    if (x->is_following) {
        cctv_cold_unfollow(&x->video->cold);
    }
    leave_gate(x);
}

void cctv_exchange_end(cctv_exchange_t *x, cctv_janus_status_t status)
{
    cctv_exchange_judge(x, status);
    cctv_exchange_leave(x);
}

/* From now on the request waits for its camera. It leaves the gate, so that
 * requests whose cameras are connected can enter. */
static void wait_outside(cctv_exchange_t *x)
{
    x->session.deadline = x->started + x->video->settings.cold_timeout;
    leave_gate(x);
}

bool cctv_exchange_go_cold(cctv_exchange_t *x)
{
    if (!x->is_cold && cctv_cold_enter(&x->video->cold, x->client)) {
        x->is_cold = true;
        wait_outside(x);
    }
    return x->is_cold;
}

bool cctv_exchange_follow(cctv_exchange_t *x)
{
    if (!x->is_following && cctv_cold_follow(&x->video->cold)) {
        x->is_following = true;
        wait_outside(x);
    }
    return x->is_following;
}

void cctv_exchange_log_down(cctv_exchange_t *x, cctv_janus_status_t status)
{
    const cctv_server_words_t *words = &x->server->words;
    bool is_secret = x->session.code == CCTV_JANUS_WRONG_SECRET
                     || x->session.code == CCTV_JANUS_WRONG_KEY;

    if (status == CCTV_JANUS_REFUSED) {
        CCTV_LOG_R(APLOG_ERR, 0, x->r, "CCTV0023",
                   "%s refuses a call: %s (%d)%s%s%s", words->title,
                   x->session.reason, x->session.code,
                   is_secret ? "; is " : "", is_secret ? words->secret : "",
                   is_secret ? " its api_secret (janus.jcfg) and admin_key "
                               "(janus.plugin.streaming.jcfg)?"
                             : "");
    }
    else {
        CCTV_LOG_R(APLOG_ERR, 0, x->r, "CCTV0026", "%s does not answer: %s",
                   words->title, cctv_janus_why(status));
    }
}
