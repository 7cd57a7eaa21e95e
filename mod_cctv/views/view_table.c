/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_table.c
 * @brief The table of views, in shared memory.
 * Layer: pure.
 */
#include "views/view_table.h"

#include "guard/single.h"

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

/* Process ids on Linux have at most this many bits (PID_MAX_LIMIT). */
#define PID_BITS 22

/* After a restart with another table size, a view is in the slot that its id
 * names or in one of the next ones: this many slots are searched. */
#define WINDOW 8

#define LINE 64

/* Flags in the word of a Janus session; the ids that Janus draws are smaller
 * than both. */
#define JANUS_UNKNOWN (UINT64_C(1) << 62)
#define JANUS_GONE    (UINT64_C(1) << 63)

static size_t lines(size_t size)
{
    return (size + LINE - 1) / LINE * LINE;
}

size_t cctv_view_table_size(uint32_t max)
{
    return 2 * lines(max * sizeof(uint64_t)) + max * (size_t)LINE
           + lines(max * sizeof(cctv_media_t));
}

void cctv_view_table_open(cctv_view_table_t *table, void *memory, uint32_t max)
{
    char *at = memory;

    table->max = max;
    table->words = (_Atomic uint64_t *)(void *)at;
    at += lines(max * sizeof(uint64_t));
    table->clients = (_Atomic uint64_t *)(void *)at;
    at += lines(max * sizeof(uint64_t));
    table->slots = (cctv_slot_t *)(void *)at;
    at += max * (size_t)LINE;
    table->media = (cctv_media_t *)(void *)at;
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

static bool swap(cctv_view_table_t *table, uint32_t index, uint64_t from,
                 uint64_t to)
{
    return atomic_compare_exchange_strong_explicit(&table->words[index], &from,
                                                   to, memory_order_seq_cst,
                                                   memory_order_relaxed);
}

static uint64_t look(const cctv_view_table_t *table, uint32_t index)
{
    return atomic_load_explicit(&table->words[index], memory_order_acquire);
}

/* Claim the first free slot among `count` slots, beginning at slot `from`.
 * @param view  on success has its index and word; its last heartbeat is later
 *              than the time at which the slot came free */
static bool claim_slot(cctv_view_table_t *table, uint32_t from, uint32_t count,
                       cctv_view_t *view)
{
    uint32_t i;

    for (i = 0; i < count; i++) {
        uint32_t at = from + i < table->max ? from + i : from + i - table->max;
        uint64_t word = look(table, at);
        cctv_time_t last = view->last > (cctv_time_t)VALUE(word)
                               ? view->last
                               : (cctv_time_t)VALUE(word) + 1;

        if (STATE(word) == FREE && swap(table, at, word, claim_word(last))) {
            view->last = last;
            view->index = at;
            view->word = claim_word(last);
            return true;
        }
    }
    return false;
}

#define STORE(field, value)                                                   \
    atomic_store_explicit(&(field), value, memory_order_release)
#define LOAD(field) atomic_load_explicit(&(field), memory_order_acquire)

/* Values for "not answered yet" (negative) and "not attached yet" that only
 * this view has, since they are made of its secret. */
static cctv_time_t not_answered(const cctv_view_t *view)
{
    return (cctv_time_t)(view->secret[0] >> 2 | UINT64_C(2) << 62);
}

static cctv_time_t being_answered(const cctv_view_t *view)
{
    return (cctv_time_t)(view->secret[0] >> 2 | UINT64_C(3) << 62);
}

static uint64_t not_attached(const cctv_view_t *view)
{
    return (view->secret[1] & (JANUS_UNKNOWN - 1)) | JANUS_UNKNOWN;
}

static uint64_t janus_word(const cctv_view_t *view)
{
    if (view->is_gone) {
        return JANUS_GONE;
    }
    return view->janus == 0 ? not_attached(view) : view->janus;
}

/* The transport has the first 8 bits, the codec the next 8, and the second
 * stream one more. */
static uint64_t transport_word(const cctv_view_t *view)
{
    return (uint64_t)view->transport | (uint64_t)view->codec << 8
           | (uint64_t)view->is_second << 16;
}

static void fill(cctv_view_table_t *table, const cctv_view_t *view)
{
    cctv_slot_t *slot = &table->slots[view->index];
    cctv_media_t *media = &table->media[view->index];

    STORE(slot->secret[0], view->secret[0]);
    STORE(slot->secret[1], view->secret[1]);
    STORE(slot->started, view->started);
    STORE(slot->user, view->user);
    STORE(slot->role, view->role);
    STORE(slot->camera, view->camera);
    STORE(slot->series, view->series);
    STORE(slot->timeout, view->timeout);
    STORE(slot->country, view->country);
    STORE(slot->home, view->home);
    STORE(media->answered,
          view->answered >= 0 ? view->answered : not_answered(view));
    STORE(media->janus, janus_word(view));
    STORE(media->handle, view->handle);
    STORE(media->transport, transport_word(view));
    STORE(table->clients[view->index], view->client);
}

/* The caller has claimed the slot, so no other process swaps its word. */
static void make_live(cctv_view_table_t *table, cctv_view_t *view)
{
    uint64_t claimed = view->word;

    fill(table, view);
    view->word = word_at(LIVE, view->last);
    swap(table, view->index, claimed, view->word);
}

/* In case the claimer dies, these fields tell a sweep which places it took. */
static void note_claim(cctv_view_table_t *table, const cctv_view_t *view)
{
    STORE(table->slots[view->index].camera, view->camera);
    STORE(table->clients[view->index], view->client);
}

bool cctv_view_table_claim(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now)
{
    uint64_t random;

    if (getrandom(&random, sizeof random, 0) != sizeof random) {
        return false;
    }
    view->last = now;
    /* The search begins at a random slot, so that two claimers rarely try the
     * same one. */
    if (!claim_slot(table, (uint32_t)((random >> 32) * table->max >> 32),
                    table->max, view)) {
        return false;
    }
    note_claim(table, view);
    return true;
}

bool cctv_view_table_publish(cctv_view_table_t *table, cctv_view_t *view,
                             cctv_time_t now)
{
    if (getrandom(view->secret, sizeof view->secret, 0)
        != sizeof view->secret) {
        return false;
    }
    view->home = view->index;
    view->started = now;
    view->last = now > view->last ? now : view->last;
    view->answered = view->transport == CCTV_TRANSPORT_NONE ? now : -1;
    view->is_gone = false;
    make_live(table, view);
    return true;
}

bool cctv_view_table_start(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now)
{
    return cctv_view_table_claim(table, view, now)
           && cctv_view_table_publish(table, view, now);
}

bool cctv_view_table_claim_again(cctv_view_table_t *table, cctv_view_t *view)
{
    if (!claim_slot(table, view->home % table->max,
                    table->max < WINDOW ? table->max : WINDOW, view)) {
        return false;
    }
    note_claim(table, view);
    return true;
}

void cctv_view_table_publish_again(cctv_view_table_t *table, cctv_view_t *view)
{
    make_live(table, view);
}

bool cctv_view_table_resume(cctv_view_table_t *table, cctv_view_t *view)
{
    if (!cctv_view_table_claim_again(table, view)) {
        return false;
    }
    make_live(table, view);
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

void cctv_view_id(const cctv_view_t *view, char *text)
{
    put_hex(&text, view->home, 8);
    put_hex(&text, view->secret[0], 16);
    put_hex(&text, view->secret[1], 16);
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

static void get_media(const cctv_media_t *media, cctv_view_t *out)
{
    uint64_t janus = LOAD(media->janus);
    uint64_t transport = LOAD(media->transport);

    out->transport = (cctv_transport_t)(transport & 0xff);
    out->codec = (cctv_codec_t)(transport >> 8 & 0xff);
    out->is_second = transport >> 16 != 0;
    out->answered = LOAD(media->answered);
    out->is_gone = (janus & JANUS_GONE) != 0;
    out->janus = (janus & (JANUS_GONE | JANUS_UNKNOWN)) != 0 ? 0 : janus;
    out->handle = LOAD(media->handle);
}

bool cctv_view_table_get(const cctv_view_table_t *table, uint32_t index,
                         cctv_view_t *out)
{
    const cctv_slot_t *slot = &table->slots[index];
    uint64_t word = look(table, index);

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
        out->client = LOAD(table->clients[index]);
        get_media(&table->media[index], out);
        out->last = (cctv_time_t)VALUE(word);
        out->index = index;
        out->word = look(table, index);
        if (out->word == word) {
            return true;
        }
        word = out->word;
    }
}

/* The comparison takes constant time, so its duration reveals nothing about
 * the secret. */
static bool is_equal(const uint64_t *a, const uint64_t *b)
{
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
}

bool cctv_view_table_find(const cctv_view_table_t *table, const char *text,
                          cctv_view_t *out)
{
    uint32_t i;
    parsed_id_t id;

    if (!parse_id(text, &id)) {
        return false;
    }
    for (i = 0; i < WINDOW && i < table->max; i++) {
        uint32_t index = (id.home % table->max + i) % table->max;

        if (cctv_view_table_get(table, index, out) && out->home == id.home
            && is_equal(out->secret, id.secret)) {
            return true;
        }
    }
    return false;
}

bool cctv_view_table_beat(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_time_t now, int64_t *interval)
{
    uint64_t word = word_at(LIVE, now);

    /* A heartbeat with a later time has been noted already. */
    if (now <= view->last) {
        *interval = 0;
        return true;
    }
    if (!swap(table, view->index, view->word, word)) {
        return false;
    }
    *interval = now - view->last;
    view->last = now;
    view->word = word;
    return true;
}

static cctv_time_t end_of(const cctv_view_t *view, cctv_time_t now)
{
    return now > view->last ? now : view->last;
}

bool cctv_view_table_close(cctv_view_table_t *table, cctv_view_t *view,
                           cctv_time_t now)
{
    uint64_t word = claim_word(end_of(view, now));

    if (!swap(table, view->index, view->word, word)) {
        return false;
    }
    view->word = word;
    return true;
}

void cctv_view_table_free(cctv_view_table_t *table, const cctv_view_t *view,
                          cctv_time_t now)
{
    swap(table, view->index, view->word, word_at(FREE, end_of(view, now)));
}

bool cctv_view_table_end(cctv_view_table_t *table, const cctv_view_t *view,
                         cctv_time_t now)
{
    cctv_view_t closed = *view;

    if (!cctv_view_table_close(table, &closed, now)) {
        return false;
    }
    cctv_view_table_free(table, &closed, now);
    return true;
}

static bool swap_answered(cctv_view_table_t *table, const cctv_view_t *view,
                          cctv_time_t from, cctv_time_t to)
{
    return atomic_compare_exchange_strong_explicit(
        &table->media[view->index].answered, &from, to, memory_order_acq_rel,
        memory_order_relaxed);
}

bool cctv_view_table_claim_answer(cctv_view_table_t *table,
                                  const cctv_view_t *view)
{
    return swap_answered(table, view, not_answered(view),
                         being_answered(view));
}

bool cctv_view_table_answer(cctv_view_table_t *table, cctv_view_t *view,
                            cctv_time_t now)
{
    if (!swap_answered(table, view, being_answered(view), now)
        && !swap_answered(table, view, not_answered(view), now)) {
        return false;
    }
    view->answered = now;
    return true;
}

bool cctv_view_table_attach(cctv_view_table_t *table, cctv_view_t *view,
                            uint64_t janus)
{
    cctv_media_t *media = &table->media[view->index];
    uint64_t from = not_attached(view);

    if (!atomic_compare_exchange_strong_explicit(&media->janus, &from, janus,
                                                 memory_order_acq_rel,
                                                 memory_order_relaxed)) {
        return false;
    }
    view->janus = janus;
    return true;
}

void cctv_view_table_lose(cctv_view_table_t *table, cctv_view_t *view)
{
    uint64_t from = view->janus;

    view->is_gone = from == 0
                    || atomic_compare_exchange_strong_explicit(
                        &table->media[view->index].janus, &from,
                        from | JANUS_GONE, memory_order_acq_rel,
                        memory_order_relaxed);
}

/* If a new process has got the process id of the dead one, the slot stays
 * claimed until the new process has ended, too. */
static bool is_abandoned(uint64_t word)
{
    pid_t pid = (pid_t)(VALUE(word) & ((UINT64_C(1) << PID_BITS) - 1));

    return STATE(word) == CLAIMED && cctv_single_is_dead(pid);
}

bool cctv_view_table_is_abandoned(const cctv_view_table_t *table,
                                  uint32_t index)
{
    return is_abandoned(look(table, index));
}

bool cctv_view_table_is_used(const cctv_view_table_t *table, uint32_t index)
{
    return STATE(look(table, index)) != FREE;
}

bool cctv_view_table_recover(cctv_view_table_t *table, uint32_t index,
                             cctv_time_t now)
{
    uint64_t word = look(table, index);
    /* The claim was rounded down to 1 ms, and the sweep may have read its
     * clock before the claim. The slot comes free after both times, so that no
     * word is used again. */
    cctv_time_t claimed = (cctv_time_t)(VALUE(word) >> PID_BITS) * 1000;
    cctv_time_t freed = now > claimed + 999 ? now : claimed + 999;

    return is_abandoned(word) && cctv_view_table_held(table, index) == 0
           && swap(table, index, word, word_at(FREE, freed));
}
