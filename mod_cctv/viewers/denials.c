/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file denials.c
 * @brief The list of who may not watch for now, and why, in shared memory.
 * Layer: pure.
 */
#include "viewers/denials.h"

#include "core/utf8.h"
#include "guard/single.h"

#include <string.h>
#include <unistd.h>

#define STATE_BITS 2
#define STATE(w)   ((w)&3)
#define VALUE(w)   ((w) >> STATE_BITS)

enum {
    FREE,
    CLAIMED,
    SET
};

/* Process ids on Linux have at most this many bits (PID_MAX_LIMIT). */
#define PID_BITS 22

/* The entry of CCTV_DENIAL_ALL. */
#define DRAIN 0

_Static_assert(sizeof(cctv_denial_t) % sizeof(uint64_t) == 0,
               "a denial does not end with a word");

static uint64_t look(const cctv_denials_t *denials, uint32_t i)
{
    return atomic_load_explicit(&denials->entries[i].word,
                                memory_order_acquire);
}

static uint64_t set_word(cctv_time_t until)
{
    return (uint64_t)until << STATE_BITS | SET;
}

static uint64_t claim_word(cctv_time_t now)
{
    return ((uint64_t)(now / 1000) << PID_BITS | (uint64_t)getpid())
               << STATE_BITS
           | CLAIMED;
}

static bool is_set(uint64_t word, cctv_time_t now)
{
    return STATE(word) == SET && (cctv_time_t)VALUE(word) > now;
}

/* If a new process has got the id of the dead one, the entry stays claimed until
 * the new process has ended, too. */
static bool is_usable(uint64_t word, cctv_time_t now)
{
    pid_t pid = (pid_t)(VALUE(word) & ((UINT64_C(1) << PID_BITS) - 1));

    return STATE(word) == CLAIMED ? cctv_single_is_dead(pid)
                                  : !is_set(word, now);
}

/* Read an entry whose word is `word`. @return false: it has changed */
static bool read_entry(const cctv_denials_t *denials, uint32_t i,
                       uint64_t word, cctv_denial_t *out)
{
    const cctv_denial_entry_t *entry = &denials->entries[i];
    uint64_t words[CCTV_DENIAL_WORDS] = { 0 };
    size_t at;

    for (at = 0; at < CCTV_DENIAL_WORDS; at++) {
        words[at] = atomic_load_explicit(&entry->words[at],
                                         memory_order_acquire);
    }
    memcpy(out, words, sizeof *out);
    return look(denials, i) == word;
}

bool cctv_denials_get(const cctv_denials_t *denials, uint32_t i,
                      cctv_time_t now, cctv_denial_t *out)
{
    uint64_t word = look(denials, i);

    while (is_set(word, now)) {
        if (read_entry(denials, i, word, out)) {
            return true;
        }
        word = look(denials, i);
    }
    return false;
}

static bool is_same_viewer(const cctv_denial_t *a, uint64_t user,
                           uint64_t client)
{
    return a->user != 0 ? a->user == user
                        : user == 0 && a->client != 0 && a->client == client;
}

static bool concerns_same(const cctv_denial_t *a, const cctv_denial_t *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case CCTV_DENIAL_CAMERA:
        return a->camera == b->camera;
    case CCTV_DENIAL_USER:
        return a->user == b->user;
    case CCTV_DENIAL_VIEWER:
        return (a->view != 0 && a->view == b->view)
               || (a->camera == b->camera
                   && is_same_viewer(a, b->user, b->client));
    default:
        return true;
    }
}

static bool concerns(const cctv_denial_t *denial, const cctv_asker_t *who)
{
    switch (denial->kind) {
    case CCTV_DENIAL_CAMERA:
        return denial->camera == who->camera;
    case CCTV_DENIAL_USER:
        return denial->user == who->user;
    case CCTV_DENIAL_VIEWER:
        return (who->view != 0 && denial->view == who->view)
               || (denial->camera == who->camera
                   && is_same_viewer(denial, who->user, who->client));
    default:
        return false;
    }
}

static uint32_t end_of(const cctv_denials_t *denials)
{
    return atomic_load_explicit(&denials->end, memory_order_acquire);
}

/* Find the entry to write a denial to.
 * @return CCTV_DENIALS_MAX + 1: there is none */
static uint32_t find_entry(const cctv_denials_t *denials,
                           const cctv_denial_t *denial, cctv_time_t now,
                           uint64_t *word)
{
    uint32_t found = CCTV_DENIALS_MAX + 1;
    cctv_denial_t each;
    uint32_t i;

    if (denial->kind == CCTV_DENIAL_ALL) {
        *word = look(denials, DRAIN);
        return STATE(*word) == SET || is_usable(*word, now) ? DRAIN : found;
    }
    for (i = DRAIN + 1; i <= CCTV_DENIALS_MAX; i++) {
        uint64_t seen = look(denials, i);

        if (is_usable(seen, now)) {
            if (found > CCTV_DENIALS_MAX) {
                found = i;
                *word = seen;
            }
            if (i >= end_of(denials)) {
                break;
            }
        }
        else if (STATE(seen) == SET && read_entry(denials, i, seen, &each)
                 && concerns_same(&each, denial)) {
            *word = seen;
            return i;
        }
    }
    return found;
}

/* The caller has claimed the entry. */
static void write_entry(cctv_denials_t *denials, uint32_t i,
                        const cctv_denial_t *denial)
{
    cctv_denial_entry_t *entry = &denials->entries[i];
    uint32_t end = end_of(denials);
    uint64_t words[CCTV_DENIAL_WORDS];
    size_t at;

    memcpy(words, denial, sizeof words);
    for (at = 0; at < CCTV_DENIAL_WORDS; at++) {
        atomic_store_explicit(&entry->words[at], words[at],
                              memory_order_release);
    }
    while (end <= i
           && !atomic_compare_exchange_weak(&denials->end, &end, i + 1)) {
    }
    /* Not with release only: whoever then looks for views to end must not look
     * before others can see the denial. */
    atomic_store(&entry->word, set_word(denial->until));
}

bool cctv_denials_add(cctv_denials_t *denials, const cctv_denial_t *denial,
                      cctv_time_t now)
{
    uint64_t word = 0;
    uint32_t i = find_entry(denials, denial, now, &word);

    while (i <= CCTV_DENIALS_MAX) {
        if (atomic_compare_exchange_strong(&denials->entries[i].word, &word,
                                           claim_word(now))) {
            write_entry(denials, i, denial);
            return true;
        }
        i = find_entry(denials, denial, now, &word);
    }
    return false;
}

bool cctv_denials_exist(const cctv_denials_t *denials)
{
    return end_of(denials) > DRAIN + 1;
}

bool cctv_denials_find(const cctv_denials_t *denials, const cctv_asker_t *who,
                       cctv_time_t now, cctv_denial_t *out)
{
    uint32_t end = end_of(denials);
    cctv_denial_t each;
    bool is_found = false;
    uint32_t i;

    for (i = DRAIN + 1; i < end; i++) {
        if (cctv_denials_get(denials, i, now, &each) && concerns(&each, who)
            && (!is_found || each.until > out->until)) {
            *out = each;
            is_found = true;
        }
    }
    return is_found;
}

bool cctv_denials_drain(const cctv_denials_t *denials, cctv_denial_t *out)
{
    return end_of(denials) > DRAIN && cctv_denials_get(denials, DRAIN, 0, out);
}

int cctv_denials_remove(cctv_denials_t *denials, const cctv_denial_t *denial,
                        cctv_time_t now)
{
    uint32_t end = end_of(denials);
    cctv_denial_t each;
    int count = 0;
    uint32_t i;

    for (i = DRAIN; i < end; i++) {
        uint64_t word = look(denials, i);

        if (is_set(word, now) && read_entry(denials, i, word, &each)
            && concerns_same(&each, denial)
            && atomic_compare_exchange_strong(&denials->entries[i].word, &word,
                                              FREE)) {
            count++;
        }
    }
    return count;
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

bool cctv_denial_is_text(const char *text, size_t len, size_t size)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (is_control(text[i])) {
            return false;
        }
    }
    return len < size && cctv_utf8_is_valid(text, len);
}

void cctv_denial_copy_name(char out[CCTV_USER_NAME_SIZE], const char *name)
{
    size_t len = name == NULL ? 0 : strlen(name);
    size_t at = 0;

    memset(out, 0, CCTV_USER_NAME_SIZE);
    while (len > 0) {
        size_t n = cctv_utf8_length(name, len);
        bool is_right = n > 0 && !is_control(*name);
        size_t step = n > 0 ? n : 1;
        size_t room = is_right ? n : 1;

        if (at + room >= CCTV_USER_NAME_SIZE) {
            return;
        }
        if (is_right) {
            memcpy(out + at, name, n);
        }
        else {
            out[at] = '?';
        }
        at += room;
        name += step;
        len -= step;
    }
}
