/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file feedback.c
 * @brief Tells from the reports that a viewer sends to Janus (RTCP) whether
 *        the viewer is still there.
 * Layer: pure.
 */
#include "video/feedback.h"

#include <stdbool.h>

/* So many changes have to be seen before the length of a run counts. */
#define KNOWN 3

/* A viewer is not gone before its numbers have stood still for this long; the
 * second time is for a viewer whose habits are not known: µs. */
#define SHORTEST  3500000
#define NOT_KNOWN 8000000

#define MOST 255

/* The parts of the word. */
typedef struct {
    uint32_t stats;
    uint8_t changes;  /* how many were seen */
    uint8_t run;      /* looks in a row that saw the same numbers */
    uint8_t longest;  /* the longest run that ended with a change */
    uint8_t interval; /* between the last two changes: TICK */
} known_t;

/* A tenth of a second: µs. */
#define TICK INT64_C(100000)

static known_t unpack(uint64_t word)
{
    return (known_t){ .stats = (uint32_t)word,
                      .changes = (uint8_t)(word >> 32),
                      .run = (uint8_t)(word >> 40),
                      .longest = (uint8_t)(word >> 48),
                      .interval = (uint8_t)(word >> 56) };
}

static uint64_t pack(const known_t *known)
{
    return known->stats | (uint64_t)known->changes << 32
           | (uint64_t)known->run << 40 | (uint64_t)known->longest << 48
           | (uint64_t)known->interval << 56;
}

static uint8_t more(uint8_t number)
{
    return number < MOST ? (uint8_t)(number + 1) : MOST;
}

/* What reports change. "out-link-quality" is 0 before there was a report. */
static const char *const members[] = { "rtt",
                                       "jitter-remote",
                                       "lost-by-remote",
                                       "out-link-quality",
                                       "out-media-link-quality",
                                       "nacks-received",
                                       "nacks",
                                       "remb-bitrate" };

uint32_t cctv_feedback_of(const json_t *stats)
{
    uint64_t hash = 0;
    size_t i;

    for (i = 0; i < sizeof members / sizeof members[0]; i++) {
        uint64_t number = (uint64_t)json_integer_value(
            json_object_get(stats, members[i]));

        hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

static bool is_gone(const known_t *known, int64_t since)
{
    if (known->changes < KNOWN) {
        return since >= NOT_KNOWN;
    }
    return since >= SHORTEST && known->run > 2 * known->longest;
}

cctv_feedback_t cctv_feedback_note(uint64_t *word, uint32_t stats,
                                   int64_t since)
{
    known_t known = unpack(*word);
    cctv_feedback_t result = CCTV_FEEDBACK_THERE;

    if (stats != known.stats) {
        /* A viewer that was away for long says nothing about its habits. */
        if (known.run > known.longest) {
            known.longest = known.run > 2 * known.longest + 1
                                ? more(known.longest)
                                : known.run;
        }
        if (known.changes > 0) {
            known.interval = (uint8_t)(since < MOST * TICK ? since / TICK
                                                           : MOST);
        }
        known.changes = more(known.changes);
        known.run = 0;
        known.stats = stats;
    }
    else if (known.changes == 0) {
        result = CCTV_FEEDBACK_UNKNOWN;
    }
    else {
        known.run = more(known.run);
        result = is_gone(&known, since) ? CCTV_FEEDBACK_GONE
                                        : CCTV_FEEDBACK_SAME;
    }
    *word = pack(&known);
    return result;
}

int64_t cctv_feedback_interval(uint64_t word)
{
    return unpack(word).interval * TICK;
}
