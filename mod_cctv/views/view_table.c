/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_table.c
 * @brief The table of views, in shared memory.
 * Layer: pure.
 */
#include "views/view_table.h"

#include "core/process.h"
#include "guard/single.h"
#include "views/view_id.h"
#include "views/view_media.h"

#include <string.h>

_Static_assert(sizeof(cctv_slot_t) <= 64, "a slot is more than a line");

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
#define PID_MASK ((UINT64_C(1) << PID_BITS) - 1)

/* After a restart with another table size, a view is in the slot that its id
 * names or in one of the next ones: this many slots are searched. */
#define WINDOW 8

#define LINE  64
#define WORDS ((int)(LINE / sizeof(uint64_t))) /* in a line */

static size_t lines(size_t size)
{
    return (size + LINE - 1) / LINE * LINE;
}

size_t cctv_view_table_size(uint32_t max)
{
    return LINE + 2 * lines(max * sizeof(uint64_t)) + max * (size_t)LINE
           + lines(max * sizeof(cctv_media_t));
}

void cctv_view_table_open(cctv_view_table_t *table, void *memory, uint32_t max)
{
    char *at = memory;

    table->max = max;
    table->next = (_Atomic uint64_t *)(void *)at;
    at += LINE;
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

    return (ms << PID_BITS | (uint64_t)cctv_process_id()) << STATE_BITS
           | CLAIMED;
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
        uint64_t claim;

        if (STATE(word) != FREE) {
            continue;
        }
        claim = claim_word(last);
        if (swap(table, at, word, claim)) {
            view->last = last;
            view->index = at;
            view->word = claim;
            return true;
        }
    }
    return false;
}

#define STORE(field, value)                                                   \
    atomic_store_explicit(&(field), value, memory_order_release)
#define LOAD(field) atomic_load_explicit(&(field), memory_order_acquire)

static void fill(cctv_view_table_t *table, const cctv_view_t *view)
{
    cctv_slot_t *slot = &table->slots[view->index];

    STORE(slot->secret[0], view->secret[0]);
    STORE(slot->secret[1], view->secret[1]);
    STORE(slot->started, view->started);
    STORE(slot->user, view->user);
    STORE(slot->role, view->role);
    STORE(slot->camera, view->camera);
    STORE(slot->series, view->series);
    STORE(slot->timeout, view->timeout);
    STORE(slot->country, view->country);
    STORE(slot->server, view->server);
    STORE(slot->home, view->home);
    cctv_view_media_fill(&table->media[view->index], view);
    STORE(table->clients[view->index], view->client);
}

/* The caller has claimed the slot, so no other process swaps its word. */
void cctv_view_table_go_live(cctv_view_table_t *table, cctv_view_t *view)
{
    uint64_t claimed = view->word;

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
    uint32_t from = (uint32_t)(atomic_fetch_add_explicit(table->next, 1,
                                                         memory_order_relaxed)
                               % table->max);

    view->last = now;
    if (!claim_slot(table, from, table->max, view)) {
        return false;
    }
    if (view->index != from) {
        /* The slots in between need not be looked at again. */
        atomic_store_explicit(table->next, (uint64_t)view->index + 1,
                              memory_order_relaxed);
    }
    note_claim(table, view);
    return true;
}

bool cctv_view_table_prepare(cctv_view_table_t *table, cctv_view_t *view,
                             cctv_time_t now)
{
    if (!cctv_random(view->secret, sizeof view->secret)) {
        return false;
    }
    view->home = view->index;
    view->started = now;
    view->last = now > view->last ? now : view->last;
    view->answered = -1;
    view->is_gone = false;
    view->flow = CCTV_FLOW_NONE;
    if (!cctv_transport_has_video(view->transport)) {
        view->answered = now;
        view->flow = CCTV_FLOW_ON;
    }
    view->proven = view->last;
    view->watched = 0;
    view->looked = 0;
    view->feedback = 0;
    fill(table, view);
    return true;
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

void cctv_view_table_prepare_again(cctv_view_table_t *table,
                                   const cctv_view_t *view)
{
    fill(table, view);
}

static void copy_slot(const cctv_view_table_t *table, uint32_t index,
                      cctv_view_t *out)
{
    const cctv_slot_t *slot = &table->slots[index];

    out->secret[0] = LOAD(slot->secret[0]);
    out->secret[1] = LOAD(slot->secret[1]);
    out->started = LOAD(slot->started);
    out->user = LOAD(slot->user);
    out->role = LOAD(slot->role);
    out->camera = LOAD(slot->camera);
    out->series = LOAD(slot->series);
    out->timeout = LOAD(slot->timeout);
    out->country = LOAD(slot->country);
    out->server = LOAD(slot->server);
    out->home = LOAD(slot->home);
    out->client = LOAD(table->clients[index]);
    cctv_view_media_read(&table->media[index], out);
    out->index = index;
}

bool cctv_view_table_get(const cctv_view_table_t *table, uint32_t index,
                         cctv_view_t *out)
{
    uint64_t word = look(table, index);

    for (;;) {
        if (STATE(word) != LIVE) {
            return false;
        }
        copy_slot(table, index, out);
        out->last = (cctv_time_t)VALUE(word);
        out->word = look(table, index);
        if (out->word == word) {
            return true;
        }
        word = out->word;
    }
}

void cctv_view_table_get_abandoned(const cctv_view_table_t *table,
                                   uint32_t index, cctv_view_t *out)
{
    copy_slot(table, index, out);
    out->word = look(table, index);
    out->last = (cctv_time_t)(VALUE(out->word) >> PID_BITS) * 1000;
}

/* The comparison takes constant time, so its duration reveals nothing about
 * the secret. */
static bool is_equal(const uint64_t *a, const uint64_t *b)
{
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
}

/* @param get  cctv_view_table_get(), or get_ended() */
static bool find(const cctv_view_table_t *table, const char *text,
                 cctv_view_t *out,
                 bool (*get)(const cctv_view_table_t *table, uint32_t index,
                             cctv_view_t *out))
{
    uint32_t i;
    cctv_view_id_t id;

    if (!cctv_view_id_parse(text, &id)) {
        return false;
    }
    for (i = 0; i < WINDOW && i < table->max; i++) {
        uint32_t index = (id.home % table->max + i) % table->max;

        if (get(table, index, out) && out->home == id.home
            && is_equal(out->secret, id.secret)) {
            return true;
        }
    }
    return false;
}

bool cctv_view_table_find(const cctv_view_table_t *table, const char *text,
                          cctv_view_t *out)
{
    return find(table, text, out, cctv_view_table_get);
}

static bool is_left(uint64_t word)
{
    return STATE(word) == CLAIMED && (VALUE(word) & PID_MASK) == 0;
}

/* Copy what is left of the view that was in a free slot. */
static bool get_ended(const cctv_view_table_t *table, uint32_t index,
                      cctv_view_t *out)
{
    const cctv_slot_t *slot = &table->slots[index];
    uint64_t word = look(table, index);

    *out = (cctv_view_t){ .secret = { LOAD(slot->secret[0]),
                                      LOAD(slot->secret[1]) },
                          .user = LOAD(slot->user),
                          .camera = LOAD(slot->camera),
                          .home = LOAD(slot->home),
                          .index = index,
                          .word = word };
    return (STATE(word) == FREE || is_left(word))
           && look(table, index) == word;
}

bool cctv_view_table_find_ended(const cctv_view_table_t *table,
                                const char *text, cctv_view_t *out)
{
    return find(table, text, out, get_ended);
}

bool cctv_view_table_beat(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_time_t now)
{
    uint64_t word = word_at(LIVE, now);

    /* A heartbeat with a later time has been noted already. */
    if (now <= view->last) {
        return true;
    }
    if (!swap(table, view->index, view->word, word)) {
        return false;
    }
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

void cctv_view_table_leave(cctv_view_table_t *table, const cctv_view_t *view)
{
    swap(table, view->index, view->word,
         view->word & ~(PID_MASK << STATE_BITS));
}

/* If a new process has got the process id of the dead one, the slot stays
 * claimed until the new process has ended, too. */
static bool is_abandoned(uint64_t word)
{
    pid_t pid = (pid_t)(VALUE(word) & PID_MASK);

    return is_left(word)
           || (STATE(word) == CLAIMED && cctv_single_is_dead(pid));
}

bool cctv_view_table_is_abandoned(const cctv_view_table_t *table,
                                  uint32_t index)
{
    return is_abandoned(look(table, index));
}

/* @param words  those of a cache line; FREE is 0 */
static bool is_line_free(const _Atomic uint64_t *words)
{
    uint64_t all = 0;
    int i;

    for (i = 0; i < WORDS; i++) {
        all |= atomic_load_explicit(&words[i], memory_order_relaxed);
    }
    return STATE(all) == FREE;
}

uint32_t cctv_view_table_next(const cctv_view_table_t *table, uint32_t index)
{
    while (index < table->max) {
        if (index % WORDS == 0 && table->max - index >= WORDS
            && is_line_free(&table->words[index])) {
            index += WORDS;
        }
        else if (STATE(look(table, index)) == FREE) {
            index++;
        }
        else {
            return index;
        }
    }
    return table->max;
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
