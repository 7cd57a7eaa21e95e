/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sessions.c
 * @brief The table of viewing sessions, in memory that processes share.
 * Layer: pure.
 */
#include "views/sessions.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

_Static_assert(sizeof(cctv_slot_t) <= 64, "a slot is more than a line");
_Static_assert(sizeof(cctv_media_t) == 32, "media are not half a line");

#define STATE_BITS 2
#define STATE(w)   ((w)&3)
#define VALUE(w)   ((w) >> STATE_BITS)

enum {
    FREE,
    CLAIMED,
    LIVE
};

/* Linux has no greater process ids (PID_MAX_LIMIT). */
#define PID_BITS 22

/* After a restart with another table size, a session may be in one of so many
 * slots, from the slot that its id names on. */
#define WINDOW 8

#define LINE 64

/* Of a Janus session: Janus's own ids are below both. */
#define JANUS_UNKNOWN (UINT64_C(1) << 62)
#define JANUS_GONE    (UINT64_C(1) << 63)

static size_t lines(size_t size)
{
    return (size + LINE - 1) / LINE * LINE;
}

size_t cctv_sessions_size(uint32_t max)
{
    return 2 * lines(max * sizeof(uint64_t)) + max * (size_t)LINE
           + lines(max * sizeof(cctv_media_t));
}

void cctv_sessions_open(cctv_sessions_t *sessions, void *memory, uint32_t max)
{
    char *at = memory;

    sessions->max = max;
    sessions->words = (_Atomic uint64_t *)(void *)at;
    at += lines(max * sizeof(uint64_t));
    sessions->clients = (_Atomic uint64_t *)(void *)at;
    at += lines(max * sizeof(uint64_t));
    sessions->slots = (cctv_slot_t *)(void *)at;
    at += max * (size_t)LINE;
    sessions->media = (cctv_media_t *)(void *)at;
}

static uint64_t word_at(int state, cctv_time_t time)
{
    return (uint64_t)time << STATE_BITS | (uint64_t)state;
}

static uint64_t claim_word(cctv_time_t time)
{
    uint64_t ms = (uint64_t)(time / 1000);

    return (ms << PID_BITS | (uint64_t)getpid()) << STATE_BITS | CLAIMED;
}

static bool swap(cctv_sessions_t *sessions, uint32_t index, uint64_t from,
                 uint64_t to)
{
    return atomic_compare_exchange_strong_explicit(
        &sessions->words[index], &from, to, memory_order_seq_cst,
        memory_order_relaxed);
}

static uint64_t look(const cctv_sessions_t *sessions, uint32_t index)
{
    return atomic_load_explicit(&sessions->words[index], memory_order_acquire);
}

/* Claim the first free slot of `count` from `from` on.
 * @param session  then has its index and the word, and its last heartbeat is
 *                 later than the time at which the slot came free */
static bool claim_slot(cctv_sessions_t *sessions, uint32_t from,
                       uint32_t count, cctv_session_t *session)
{
    uint32_t i;

    for (i = 0; i < count; i++) {
        uint32_t at = from + i < sessions->max ? from + i
                                               : from + i - sessions->max;
        uint64_t word = look(sessions, at);
        cctv_time_t last = session->last > (cctv_time_t)VALUE(word)
                               ? session->last
                               : (cctv_time_t)VALUE(word) + 1;

        if (STATE(word) == FREE
            && swap(sessions, at, word, claim_word(last))) {
            session->last = last;
            session->index = at;
            session->word = claim_word(last);
            return true;
        }
    }
    return false;
}

#define STORE(field, value)                                                   \
    atomic_store_explicit(&(field), value, memory_order_release)
#define LOAD(field) atomic_load_explicit(&(field), memory_order_acquire)

/* Values for "not known yet" that only this session has: negative. */
static cctv_time_t not_answered(const cctv_session_t *session)
{
    return (cctv_time_t)(session->secret[0] >> 2 | UINT64_C(2) << 62);
}

static cctv_time_t being_answered(const cctv_session_t *session)
{
    return (cctv_time_t)(session->secret[0] >> 2 | UINT64_C(3) << 62);
}

static uint64_t not_attached(const cctv_session_t *session)
{
    return (session->secret[1] & (JANUS_UNKNOWN - 1)) | JANUS_UNKNOWN;
}

static uint64_t janus_word(const cctv_session_t *session)
{
    if (session->is_gone) {
        return JANUS_GONE;
    }
    return session->janus == 0 ? not_attached(session) : session->janus;
}

static void fill(cctv_sessions_t *sessions, const cctv_session_t *session)
{
    cctv_slot_t *slot = &sessions->slots[session->index];
    cctv_media_t *media = &sessions->media[session->index];

    STORE(slot->secret[0], session->secret[0]);
    STORE(slot->secret[1], session->secret[1]);
    STORE(slot->started, session->started);
    STORE(slot->user, session->user);
    STORE(slot->role, session->role);
    STORE(slot->camera, session->camera);
    STORE(slot->series, session->series);
    STORE(slot->timeout, session->timeout);
    STORE(slot->country, session->country);
    STORE(slot->home, session->home);
    STORE(media->answered,
          session->answered >= 0 ? session->answered : not_answered(session));
    STORE(media->janus, janus_word(session));
    STORE(media->handle, session->handle);
    STORE(media->way, session->way);
    STORE(sessions->clients[session->index], session->client);
}

/* The slot has been claimed, so nobody else swaps its word. */
static void make_live(cctv_sessions_t *sessions, cctv_session_t *session)
{
    uint64_t claimed = session->word;

    fill(sessions, session);
    session->word = word_at(LIVE, session->last);
    swap(sessions, session->index, claimed, session->word);
}

/* What tells which places the claimer takes. */
static void note_claim(cctv_sessions_t *sessions,
                       const cctv_session_t *session)
{
    STORE(sessions->slots[session->index].camera, session->camera);
    STORE(sessions->clients[session->index], session->client);
}

bool cctv_sessions_claim(cctv_sessions_t *sessions, cctv_session_t *session,
                         cctv_time_t now)
{
    uint64_t random;

    if (getrandom(&random, sizeof random, 0) != sizeof random) {
        return false;
    }
    session->last = now;
    /* Start at a random slot, so that two claimers rarely meet. */
    if (!claim_slot(sessions, (uint32_t)((random >> 32) * sessions->max >> 32),
                    sessions->max, session)) {
        return false;
    }
    note_claim(sessions, session);
    return true;
}

bool cctv_sessions_publish(cctv_sessions_t *sessions, cctv_session_t *session,
                           cctv_time_t now)
{
    if (getrandom(session->secret, sizeof session->secret, 0)
        != sizeof session->secret) {
        return false;
    }
    session->home = session->index;
    session->started = now;
    session->last = now > session->last ? now : session->last;
    session->answered = session->way == CCTV_WAY_NONE ? now : -1;
    session->is_gone = false;
    make_live(sessions, session);
    return true;
}

bool cctv_sessions_start(cctv_sessions_t *sessions, cctv_session_t *session,
                         cctv_time_t now)
{
    return cctv_sessions_claim(sessions, session, now)
           && cctv_sessions_publish(sessions, session, now);
}

bool cctv_sessions_claim_again(cctv_sessions_t *sessions,
                               cctv_session_t *session)
{
    if (!claim_slot(sessions, session->home % sessions->max,
                    sessions->max < WINDOW ? sessions->max : WINDOW,
                    session)) {
        return false;
    }
    note_claim(sessions, session);
    return true;
}

void cctv_sessions_publish_again(cctv_sessions_t *sessions,
                                 cctv_session_t *session)
{
    make_live(sessions, session);
}

bool cctv_sessions_resume(cctv_sessions_t *sessions, cctv_session_t *session)
{
    if (!cctv_sessions_claim_again(sessions, session)) {
        return false;
    }
    make_live(sessions, session);
    return true;
}

/* The parts of an id. */
typedef struct {
    uint32_t home;
    uint64_t secret[2];
} parsed_id_t;

static void put_hex(char **to, uint64_t value, int digits)
{
    while (digits-- > 0) {
        *(*to)++ = "0123456789abcdef"[value >> (4 * digits) & 15];
    }
}

void cctv_session_id(const cctv_session_t *session, char *text)
{
    put_hex(&text, session->home, 8);
    put_hex(&text, session->secret[0], 16);
    put_hex(&text, session->secret[1], 16);
    *text = '\0';
}

static bool get_hex(const char **from, int digits, uint64_t *value)
{
    *value = 0;
    while (digits-- > 0) {
        char c = *(*from)++;

        if (c >= '0' && c <= '9') {
            *value = *value << 4 | (uint64_t)(c - '0');
        }
        else if (c >= 'a' && c <= 'f') {
            *value = *value << 4 | (uint64_t)(c - 'a' + 10);
        }
        else {
            return false;
        }
    }
    return true;
}

static bool parse_id(const char *text, parsed_id_t *id)
{
    uint64_t home;

    if (!get_hex(&text, 8, &home) || !get_hex(&text, 16, &id->secret[0])
        || !get_hex(&text, 16, &id->secret[1])) {
        return false;
    }
    id->home = (uint32_t)home;
    return *text == '\0';
}

static void get_media(const cctv_media_t *media, cctv_session_t *out)
{
    uint64_t janus = LOAD(media->janus);

    out->way = (cctv_way_t)LOAD(media->way);
    out->answered = LOAD(media->answered);
    out->is_gone = (janus & JANUS_GONE) != 0;
    out->janus = (janus & (JANUS_GONE | JANUS_UNKNOWN)) != 0 ? 0 : janus;
    out->handle = LOAD(media->handle);
}

bool cctv_sessions_get(const cctv_sessions_t *sessions, uint32_t index,
                       cctv_session_t *out)
{
    const cctv_slot_t *slot = &sessions->slots[index];
    uint64_t word = look(sessions, index);

    for (;;) {
        if (STATE(word) != LIVE) {
            return false;
        }
        out->secret[0] = LOAD(slot->secret[0]);
        out->secret[1] = LOAD(slot->secret[1]);
        out->started = LOAD(slot->started);
        out->user = LOAD(slot->user);
        out->role = LOAD(slot->role);
        out->camera = LOAD(slot->camera);
        out->series = LOAD(slot->series);
        out->timeout = LOAD(slot->timeout);
        out->country = (uint16_t)LOAD(slot->country);
        out->home = LOAD(slot->home);
        out->client = LOAD(sessions->clients[index]);
        get_media(&sessions->media[index], out);
        out->last = (cctv_time_t)VALUE(word);
        out->index = index;
        out->word = look(sessions, index);
        if (out->word == word) {
            return true;
        }
        word = out->word;
    }
}

/* In constant time, which tells nothing about the secret. */
static bool is_equal(const uint64_t *a, const uint64_t *b)
{
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
}

bool cctv_sessions_find(const cctv_sessions_t *sessions, const char *text,
                        cctv_session_t *out)
{
    uint32_t i;
    parsed_id_t id;

    if (!parse_id(text, &id)) {
        return false;
    }
    for (i = 0; i < WINDOW && i < sessions->max; i++) {
        uint32_t index = (id.home % sessions->max + i) % sessions->max;

        if (cctv_sessions_get(sessions, index, out) && out->home == id.home
            && is_equal(out->secret, id.secret)) {
            return true;
        }
    }
    return false;
}

bool cctv_sessions_beat(cctv_sessions_t *sessions, cctv_session_t *session,
                        cctv_time_t now, int64_t *interval)
{
    uint64_t word = word_at(LIVE, now);

    /* Another heartbeat, with a later time, has been noted already. */
    if (now <= session->last) {
        *interval = 0;
        return true;
    }
    if (!swap(sessions, session->index, session->word, word)) {
        return false;
    }
    *interval = now - session->last;
    session->last = now;
    session->word = word;
    return true;
}

static cctv_time_t end_of(const cctv_session_t *session, cctv_time_t now)
{
    return now > session->last ? now : session->last;
}

bool cctv_sessions_close(cctv_sessions_t *sessions, cctv_session_t *session,
                         cctv_time_t now)
{
    uint64_t word = claim_word(end_of(session, now));

    if (!swap(sessions, session->index, session->word, word)) {
        return false;
    }
    session->word = word;
    return true;
}

void cctv_sessions_free(cctv_sessions_t *sessions,
                        const cctv_session_t *session, cctv_time_t now)
{
    swap(sessions, session->index, session->word,
         word_at(FREE, end_of(session, now)));
}

bool cctv_sessions_end(cctv_sessions_t *sessions,
                       const cctv_session_t *session, cctv_time_t now)
{
    cctv_session_t closed = *session;

    if (!cctv_sessions_close(sessions, &closed, now)) {
        return false;
    }
    cctv_sessions_free(sessions, &closed, now);
    return true;
}

static bool swap_answered(cctv_sessions_t *sessions,
                          const cctv_session_t *session, cctv_time_t from,
                          cctv_time_t to)
{
    return atomic_compare_exchange_strong_explicit(
        &sessions->media[session->index].answered, &from, to,
        memory_order_acq_rel, memory_order_relaxed);
}

bool cctv_sessions_claim_answer(cctv_sessions_t *sessions,
                                const cctv_session_t *session)
{
    return swap_answered(sessions, session, not_answered(session),
                         being_answered(session));
}

bool cctv_sessions_answer(cctv_sessions_t *sessions, cctv_session_t *session,
                          cctv_time_t now)
{
    if (!swap_answered(sessions, session, being_answered(session), now)
        && !swap_answered(sessions, session, not_answered(session), now)) {
        return false;
    }
    session->answered = now;
    return true;
}

bool cctv_sessions_attach(cctv_sessions_t *sessions, cctv_session_t *session,
                          uint64_t janus)
{
    cctv_media_t *media = &sessions->media[session->index];
    uint64_t from = not_attached(session);

    if (!atomic_compare_exchange_strong_explicit(&media->janus, &from, janus,
                                                 memory_order_acq_rel,
                                                 memory_order_relaxed)) {
        return false;
    }
    session->janus = janus;
    return true;
}

void cctv_sessions_lose(cctv_sessions_t *sessions, cctv_session_t *session)
{
    uint64_t from = session->janus;

    session->is_gone = from == 0
                       || atomic_compare_exchange_strong_explicit(
                           &sessions->media[session->index].janus, &from,
                           from | JANUS_GONE, memory_order_acq_rel,
                           memory_order_relaxed);
}

/* A new process may have got the number of the dead one: then the slot stays
 * claimed until that process has ended, too. */
static bool is_abandoned(uint64_t word)
{
    pid_t pid = (pid_t)(VALUE(word) & ((UINT64_C(1) << PID_BITS) - 1));

    return STATE(word) == CLAIMED && kill(pid, 0) != 0 && errno == ESRCH;
}

bool cctv_sessions_is_abandoned(const cctv_sessions_t *sessions,
                                uint32_t index)
{
    return is_abandoned(look(sessions, index));
}

bool cctv_sessions_is_used(const cctv_sessions_t *sessions, uint32_t index)
{
    return STATE(look(sessions, index)) != FREE;
}

bool cctv_sessions_recover(cctv_sessions_t *sessions, uint32_t index,
                           cctv_time_t now)
{
    uint64_t word = look(sessions, index);
    /* The ms is cut off, and the sweep may have read its clock before the
     * claim. The slot comes free behind both, so that no word comes back. */
    cctv_time_t claimed = (cctv_time_t)(VALUE(word) >> PID_BITS) * 1000;
    cctv_time_t freed = now > claimed + 999 ? now : claimed + 999;

    return is_abandoned(word) && cctv_sessions_held(sessions, index) == 0
           && swap(sessions, index, word, word_at(FREE, freed));
}
