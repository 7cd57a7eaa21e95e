/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper.c
 * @brief The one thread of the whole server that looks after Janus.
 * Layer: httpd.
 */
#include "video/keeper.h"

#include "cameras/source.h"
#include "database/runtime.h"
#include "core/log.h"
#include "memory/part.h"
#include "memory/watchdog.h"
#include "video/failure_status.h"
#include "video/part.h"
#include "views/part.h"
#include "video/freshness.h"
#include "video/lifecycle.h"
#include "views/views.h"

#include <stdlib.h>
#include <string.h>

/* How often it looks whether a view has ended: µs. */
#define STEP 100000

/* How often at everything else. */
#define ROUND 1000000

/* For a call. */
#define TIME_LIMIT 2000000

/* For one that may have to wait for a camera that is away. */
#define DESTROY_LIMIT 15000000

/* A Janus that cannot be reached in so many rounds is not there. */
#define LOST_ROUNDS 2

/* How often a Janus session is kept alive; Janus forgets it after 30 s. What
 * a viewer without heartbeats does is looked at as often. */
#define KEEPALIVE 5000000

/* From one try of an admin API that does not answer to the next, for those
 * who can do without it and for those who cannot. */
#define ADMIN_PAUSE      30000000
#define ADMIN_WHEP_PAUSE 2000000

/* A pulled camera that is away for so long will not come back soon: only then
 * its mountpoint is destroyed while all others wait, and only while nobody
 * has started to watch anything for QUIET. */
#define LOST_AGE 600000000
#define QUIET    10000000

/* What it remembers of a view, at the number of its slot. */
typedef struct {
    uint64_t janus;
    cctv_time_t due;
} memory_t;

/* What it remembers of a mountpoint; sorted by camera. */
typedef struct {
    int32_t camera;
    bool is_pulled;
    bool is_watched;
    bool was_watched;
    cctv_time_t last_watched;
    cctv_freshness_t freshness;
} entry_t;

typedef struct {
    entry_t *at;
    size_t count;
    size_t room;
} entries_t;

static struct {
    server_rec *server;   /* the main one */
    server_rec *database; /* one that has one */
    memory_t *memory;
    entries_t entries;
    /* Its own Janus session, by which it notices that Janus was started
     * anew. */
    uint64_t session, handle;
    cctv_time_t round_due;
    cctv_time_t last_start;
    /* When the admin API did not answer. 0: it does */
    cctv_time_t admin_lost;
    bool all_due;
    int lost_rounds;
    bool is_refused;
    bool is_admin_lost;
} keeper;

static cctv_views_head_t *head(void)
{
    return cctv_lifecycle_shared()->head;
}

/* ---- Janus ---- */

/* @return whether Janus may be asked */
static bool begin(cctv_janus_talk_t *talk, cctv_time_t now, bool *is_probe)
{
    cctv_time_t since;
    cctv_breaker_answer_t answer = cctv_breaker_ask(
        &cctv_video_memory()->janus, now, TIME_LIMIT, &since);

    *is_probe = answer == CCTV_BREAKER_PROBE;
    if (answer != CCTV_BREAKER_CLOSED && !*is_probe) {
        return false;
    }
    if (!cctv_janus_begin(cctv_video()->janus, now + TIME_LIMIT, talk)) {
        return false;
    }
    talk->session = keeper.session;
    talk->handle = keeper.handle;
    return true;
}

static void end(cctv_janus_talk_t *talk, cctv_janus_status_t status,
                cctv_time_t started, bool is_probe)
{
    cctv_janus_end(talk);
    if (cctv_janus_has_answered(status)) {
        if (cctv_breaker_answered(&cctv_video_memory()->janus, cctv_now())) {
            CCTV_LOG_S(APLOG_NOTICE, 0, keeper.server, "CCTV0027",
                       "Janus answers again");
        }
        return;
    }
    if (!cctv_breaker_is_open(&cctv_video_memory()->janus)) {
        CCTV_LOG_S(APLOG_ERR, 0, keeper.server, "CCTV0028",
                   "Janus does not answer (%s): no video until it does; is "
                   "CCTVJanusURL right?",
                   cctv_janus_why(status));
    }
    cctv_breaker_failed(&cctv_video_memory()->janus, cctv_now(), started,
                        is_probe);
}

/* A Janus that lost our session lost all others, too. */
static cctv_janus_status_t reopen(cctv_janus_talk_t *talk)
{
    cctv_janus_status_t status = cctv_janus_open(talk);

    keeper.all_due = true;
    keeper.session = status == CCTV_JANUS_OK ? talk->session : 0;
    keeper.handle = status == CCTV_JANUS_OK ? talk->handle : 0;
    return status;
}

/* ---- Views that have ended ---- */

/* As many as there is time for: the other views are to be kept alive. */
static cctv_janus_status_t destroy_discarded(cctv_janus_talk_t *talk,
                                             cctv_time_t now)
{
    cctv_discard_t *discarded = &head()->discarded;
    cctv_janus_status_t status = CCTV_JANUS_OK;
    unsigned i;

    for (i = 0; i < CCTV_DISCARD_SIZE && cctv_now() - now < ROUND
                && cctv_janus_has_answered(status);
         i++) {
        uint64_t janus = cctv_discard_take(discarded, i);

        if (janus != 0) {
            talk->deadline = cctv_now() + TIME_LIMIT;
            status = cctv_janus_destroy(talk, janus);
            if (!cctv_janus_has_answered(status)) {
                cctv_discard_put(discarded, janus);
            }
        }
    }
    return status;
}

static bool has_discarded(void)
{
    unsigned i;

    for (i = 0; i < CCTV_DISCARD_SIZE; i++) {
        if (atomic_load_explicit(&head()->discarded.ids[i],
                                 memory_order_relaxed)
            != 0) {
            return true;
        }
    }
    return false;
}

/* ---- Mountpoints ---- */

static int by_camera(const void *a, const void *b)
{
    const entry_t *one = a;
    const entry_t *other = b;

    return (one->camera > other->camera) - (one->camera < other->camera);
}

static entry_t *find_entry(const entries_t *entries, int32_t camera)
{
    entry_t key = { .camera = camera };

    return entries->count == 0 ? NULL
                               : bsearch(&key, entries->at, entries->count,
                                         sizeof key, by_camera);
}

static void add_entry(void *context, const cctv_mountpoint_t *mountpoint)
{
    entries_t *entries = context;
    cctv_time_t now = cctv_now();
    const entry_t *known = find_entry(&keeper.entries, mountpoint->camera);

    if (entries->count == entries->room) {
        size_t room = entries->room * 2 + 64;
        entry_t *grown = realloc(entries->at, room * sizeof *grown);

        if (grown == NULL) {
            return;
        }
        entries->at = grown;
        entries->room = room;
    }
    entries->at[entries->count] = known != NULL
                                      ? *known
                                      : (entry_t){
                                            .camera = mountpoint->camera,
                                            .last_watched = now
                                        };
    entries->at[entries->count].is_pulled = mountpoint->is_pulled;
    entries->at[entries->count].is_watched = false;
    cctv_freshness_note(&entries->at[entries->count].freshness,
                        mountpoint->age, now);
    if (cctv_freshness_is_fresh(&entries->at[entries->count].freshness)) {
        cctv_failures_clear(&cctv_video_memory()->failures, mountpoint->camera);
    }
    entries->count++;
}

/* What Janus has, with what is remembered of it. */
static cctv_janus_status_t list(cctv_janus_talk_t *talk)
{
    entries_t entries = { .at = NULL };
    cctv_janus_status_t status = cctv_mountpoint_list(
        talk, &cctv_video()->rules, add_entry, &entries);

    if (status != CCTV_JANUS_OK) {
        free(entries.at);
        return status;
    }
    if (entries.count > 1) {
        qsort(entries.at, entries.count, sizeof entries.at[0], by_camera);
    }
    free(keeper.entries.at);
    keeper.entries = entries;
    atomic_store_explicit(&cctv_video_memory()->mountpoints, entries.count,
                          memory_order_relaxed);
    return CCTV_JANUS_OK;
}

static bool may_destroy(const entry_t *entry, cctv_time_t now)
{
    if (now - entry->last_watched < cctv_video()->settings.idle_timeout) {
        return false;
    }
    return !entry->is_pulled || cctv_freshness_is_fresh(&entry->freshness)
           || (now - entry->freshness.last_fresh > LOST_AGE
               && now - keeper.last_start > QUIET);
}

static cctv_janus_status_t look_after(cctv_janus_talk_t *talk, cctv_time_t now)
{
    const cctv_video_t *video = cctv_video();
    cctv_janus_status_t status = CCTV_JANUS_OK;
    cctv_time_t began = cctv_now();
    size_t i;

    for (i = 0; i < keeper.entries.count && cctv_janus_has_answered(status);
         i++) {
        entry_t *entry = &keeper.entries.at[i];

        if (entry->is_watched) {
            entry->last_watched = now;
            entry->was_watched = true;
            continue;
        }
        /* Views are to be kept alive before the next one. */
        if (cctv_now() - began > ROUND) {
            continue;
        }
        talk->deadline = cctv_now() + DESTROY_LIMIT;
        if (may_destroy(entry, now)) {
            status = cctv_mountpoint_destroy(talk, &video->rules,
                                             entry->camera);
        }
        else if (entry->was_watched && video->rules.is_pinned) {
            status = cctv_mountpoint_change_pin(talk, &video->rules,
                                                entry->camera);
        }
        entry->was_watched = false;
    }
    return status;
}

/* ---- Views ---- */

static void lose(cctv_session_t *session)
{
    cctv_sessions_lose(&cctv_lifecycle_shared()->sessions, session);
    if (session->way == CCTV_WAY_WHEP) {
        /* It asks for nothing, so nothing can be told. */
        cctv_view_end(cctv_lifecycle_shared(), session, CCTV_ENDED_GONE,
                      cctv_lifecycle_now());
    }
}

typedef enum {
    CONNECTING,
    FLOWS,
    OVER
} flow_t;

static const char *text_at(const json_t *object, const char *a, const char *b)
{
    const char *text = json_string_value(
        json_object_get(json_object_get(object, a), b));

    return text == NULL ? "" : text;
}

/* What Janus says of the connection to a viewer. */
static flow_t flow_of(const json_t *info)
{
    const json_t *flags = json_object_get(info, "flags");
    const json_t *webrtc = json_object_get(info, "webrtc");
    const char *ice = text_at(webrtc, "ice", "state");

    if (json_is_true(json_object_get(flags, "alert"))
        || json_is_true(json_object_get(flags, "stopped")) || webrtc == NULL
        || strcmp(ice, "failed") == 0) {
        return OVER;
    }
    return json_is_true(
               json_object_get(json_object_get(webrtc, "dtls"), "ready"))
               ? FLOWS
               : CONNECTING;
}

/* Told when it changes: with nothing else wrong, WHEP's views would end and
 * nobody knew why. */
static void tell_admin(const cctv_janus_talk_t *talk,
                       cctv_janus_status_t status)
{
    bool is_lost = status != CCTV_JANUS_OK
                   && !cctv_janus_has_forgotten(talk, status);

    if (is_lost && !keeper.is_admin_lost) {
        CCTV_LOG_S(APLOG_ERR, 0, keeper.server, "CCTV0049",
                   "Janus's admin API does not say how viewers are (%s), so "
                   "those of WHEP are over soon: is CCTVJanusAdminURL right, "
                   "is admin_http on (janus.transport.http.jcfg), and is the "
                   "secret of CCTVJanusSecretFile its admin_secret "
                   "(janus.jcfg)?",
                   status == CCTV_JANUS_REFUSED ? talk->reason
                                                : cctv_janus_why(status));
    }
    keeper.is_admin_lost = is_lost;
}

/* Ask the admin API about a view, unless it did not answer just now. Whether
 * it does says nothing of Janus itself.
 * @return whether there is an answer; NULL: Janus refuses one */
static bool get_info(cctv_janus_talk_t *talk, const cctv_session_t *session,
                     int64_t pause, json_t **info)
{
    cctv_janus_status_t status;

    *info = NULL;
    if (session->answered < 0 || cctv_video()->settings.admin_url == NULL
        || (keeper.admin_lost != 0
            && cctv_now() - keeper.admin_lost < pause)) {
        return false;
    }
    status = cctv_janus_handle_info(talk, session->janus, session->handle,
                                    info);
    tell_admin(talk, status);
    switch (status) {
    case CCTV_JANUS_OK:
    case CCTV_JANUS_REFUSED:
        keeper.admin_lost = 0;
        return true;
    default:
        keeper.admin_lost = cctv_now();
        return false;
    }
}

/* Of a viewer who sends no heartbeats. One that nothing is known of is over
 * when its timeout is. */
static cctv_janus_status_t watch_over(cctv_janus_talk_t *talk,
                                      cctv_session_t *session)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_moment_t now = cctv_lifecycle_now();
    json_t *info;

    if (!get_info(talk, session, ADMIN_WHEP_PAUSE, &info)) {
        return CCTV_JANUS_OK;
    }
    if (info == NULL) {
        return CCTV_JANUS_REFUSED;
    }
    switch (flow_of(info)) {
    case CONNECTING:
        break;
    case FLOWS:
        cctv_view_beat(shared, session, now);
        break;
    case OVER:
        cctv_view_end(shared, session, CCTV_ENDED_GONE, now);
    }
    json_decref(info);
    return CCTV_JANUS_OK;
}

/* Of a viewer who sends heartbeats: Janus's session outlives its connection
 * to him, and with it he has no picture any more. An admin API that does not
 * answer is no reason to end anything. */
static void look_at_media(cctv_janus_talk_t *talk, cctv_session_t *session)
{
    json_t *info;

    if (get_info(talk, session, ADMIN_PAUSE, &info) && info != NULL
        && flow_of(info) == OVER) {
        /* Nobody will end it who takes it for gone. */
        cctv_discard_put(&head()->discarded, session->janus);
        lose(session);
    }
    json_decref(info);
}

static cctv_janus_status_t keep_alive(cctv_janus_talk_t *talk,
                                      cctv_session_t *session)
{
    cctv_janus_status_t status = CCTV_JANUS_OK;

    /* A view that waits for its answer needs nothing else. */
    talk->session = session->janus;
    talk->handle = 0;
    status = cctv_janus_keepalive(talk);
    if (status == CCTV_JANUS_OK && session->way == CCTV_WAY_WHEP) {
        status = watch_over(talk, session);
    }
    else if (status == CCTV_JANUS_OK) {
        look_at_media(talk, session);
    }
    if (cctv_janus_has_forgotten(talk, status)) {
        lose(session);
    }
    return status;
}

/* Those who look after their Janus session themselves are left alone. */
static bool is_kept(const cctv_session_t *session)
{
    return session->janus != 0 && !session->is_gone
           && (session->way == CCTV_WAY_SERVER
               || session->way == CCTV_WAY_WHEP);
}

static bool is_due(const cctv_session_t *session, cctv_time_t now)
{
    memory_t *memory = &keeper.memory[session->index];

    /* Who sends no heartbeats has them from here. */
    cctv_time_t timeout = (cctv_time_t)session->timeout * 1000;
    cctv_time_t pause = timeout / 3 < KEEPALIVE ? timeout / 3 : KEEPALIVE;

    if (memory->janus != session->janus) {
        *memory = (memory_t){ .janus = session->janus,
                              .due = session->started + pause };
    }
    if (now < memory->due && !keeper.all_due) {
        return false;
    }
    memory->due = now + pause;
    return true;
}

static void note_watched(const cctv_session_t *session)
{
    entry_t *entry = session->way == CCTV_WAY_NONE
                         ? NULL
                         : find_entry(&keeper.entries, session->camera);

    if (entry != NULL) {
        entry->is_watched = true;
    }
    if (session->started > keeper.last_start) {
        keeper.last_start = session->started;
    }
}

static cctv_janus_status_t visit_views(cctv_janus_talk_t *talk,
                                       cctv_time_t now)
{
    const cctv_sessions_t *sessions = &cctv_lifecycle_shared()->sessions;
    cctv_janus_status_t status = CCTV_JANUS_OK;
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < sessions->max; i++) {
        if (!cctv_sessions_get(sessions, i, &session)
            || cctv_session_is_over(&session, now)) {
            continue;
        }
        note_watched(&session);
        if (is_kept(&session) && is_due(&session, now)) {
            talk->deadline = cctv_now() + TIME_LIMIT;
            status = keep_alive(talk, &session);
            if (!cctv_janus_has_answered(status)) {
                return status;
            }
        }
    }
    keeper.all_due = false;
    return CCTV_JANUS_OK;
}

/* A Janus that is not there has ended them all. */
static void lose_all(void)
{
    const cctv_sessions_t *sessions = &cctv_lifecycle_shared()->sessions;
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < sessions->max; i++) {
        if (cctv_sessions_get(sessions, i, &session) && is_kept(&session)) {
            lose(&session);
        }
    }
}

/* ---- The database ---- */

static void tell_status(apr_pool_t *pool)
{
    size_t i;

    for (i = 0; i < keeper.entries.count; i++) {
        entry_t *entry = &keeper.entries.at[i];
        const char *status = cctv_freshness_news(&entry->freshness);

        if (status != NULL
            && cctv_source_set_status(keeper.database, pool, entry->camera,
                                      status)
                   == OK) {
            cctv_freshness_told(&entry->freshness);
        }
    }
}

/* ---- The watchdog ---- */

/* Told when it changes. */
static void tell_refused(const cctv_janus_talk_t *talk, bool is_refused)
{
    if (is_refused && !keeper.is_refused) {
        CCTV_LOG_S(APLOG_ERR, 0, keeper.server, "CCTV0048",
                   "Janus does not list its mountpoints: %s (%d); is the "
                   "secret of CCTVJanusSecretFile its api_secret and "
                   "admin_key?",
                   talk->reason, talk->code);
    }
    keeper.is_refused = is_refused;
}

static cctv_janus_status_t talk_round(cctv_janus_talk_t *talk, cctv_time_t now)
{
    cctv_janus_status_t status = keeper.session == 0 ? reopen(talk)
                                                     : CCTV_JANUS_OK;

    if (status == CCTV_JANUS_OK) {
        status = list(talk);
        if (cctv_janus_has_forgotten(talk, status)) {
            status = reopen(talk);
            status = status == CCTV_JANUS_OK ? list(talk) : status;
        }
    }
    /* A session that is lost again is made anew in the next round. */
    tell_refused(talk, status == CCTV_JANUS_REFUSED
                           && !cctv_janus_has_forgotten(talk, status));
    /* Views go on where Janus does not tell us of its mountpoints. */
    if (status == CCTV_JANUS_OK
        || (status == CCTV_JANUS_REFUSED && keeper.session != 0)) {
        status = visit_views(talk, now);
    }
    if (status == CCTV_JANUS_OK) {
        talk->session = keeper.session;
        talk->handle = keeper.handle;
        status = look_after(talk, now);
    }
    return status;
}

static void visit_janus(cctv_time_t now, bool is_round)
{
    cctv_janus_talk_t talk;
    cctv_janus_status_t status;
    bool is_probe;

    if ((!is_round && !has_discarded()) || !begin(&talk, now, &is_probe)) {
        return;
    }
    status = destroy_discarded(&talk, now);
    talk.deadline = cctv_now() + TIME_LIMIT;
    if (is_round && cctv_janus_has_answered(status)) {
        status = talk_round(&talk, now);
    }
    end(&talk, status, now, is_probe);
    keeper.lost_rounds = status == CCTV_JANUS_LOST ? keeper.lost_rounds + 1
                                                   : 0;
    if (keeper.lost_rounds == LOST_ROUNDS) {
        lose_all();
    }
}

static bool is_ready(void)
{
    if (keeper.memory == NULL) {
        keeper.memory = calloc(cctv_lifecycle_shared()->sessions.max,
                               sizeof keeper.memory[0]);
    }
    return keeper.memory != NULL && cctv_video() != NULL;
}

/* Of the watchdog. */
static apr_status_t step(int state, void *data, apr_pool_t *pool)
{
    cctv_time_t now = cctv_now();
    bool is_round = now >= keeper.round_due;

    (void)data;
    if (state != AP_WATCHDOG_STATE_RUNNING || !is_ready()) {
        return APR_SUCCESS;
    }
    if (is_round) {
        keeper.round_due = now + ROUND;
    }
    visit_janus(now, is_round);
    if (is_round && keeper.database != NULL) {
        tell_status(pool);
        cctv_failure_status_tell(keeper.database, pool);
    }
    return APR_SUCCESS;
}

static server_rec *server_with_database(server_rec *s)
{
    while (s != NULL && !cctv_database_is_configured(s)) {
        s = s->next;
    }
    return s;
}

void cctv_keeper_start(apr_pool_t *pconf, server_rec *s)
{
    apr_status_t rv = cctv_watchdog_start(pconf, "_cctv_video_", STEP, step);

    keeper.server = s;
    keeper.database = server_with_database(s);
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_ERR, rv, s, "CCTV0046",
                   "no watchdog (load mod_watchdog): video ends after 30 "
                   "seconds");
    }
}
