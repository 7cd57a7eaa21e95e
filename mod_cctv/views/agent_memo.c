/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_memo.c
 * @brief Remembers how User-Agents were classified.
 * Layer: pure.
 */
#include "views/agent_memo.h"

#include "core/process.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

/* How many are remembered: two User-Agents that share an entry take turns. */
#define ENTRIES 256

/* An entry: 48 bits of the hash, the browser, and the system; 0: free. */
#define TAG(hash)     ((hash) >> 16 << 16)
#define BROWSER(word) ((word) >> 8 & 0xFF)
#define OS(word)      ((word)&0xFF)

static _Atomic uint64_t entries[ENTRIES];

/* Without it a client could look for headers that are taken for others. */
static uint64_t seed(void)
{
    static _Atomic uint64_t drawn;
    uint64_t value = atomic_load_explicit(&drawn, memory_order_relaxed);

    if (value == 0 && cctv_random(&value, sizeof value)) {
        atomic_store_explicit(&drawn, value, memory_order_relaxed);
    }
    return value;
}

static uint64_t mix(uint64_t hash, const char *text)
{
    return text == NULL ? hash + 1
                        : XXH3_64bits_withSeed(text, strlen(text) + 1, hash);
}

cctv_agent_t cctv_agent_recall(const char *user_agent, const char *ch_ua,
                               const char *ch_ua_platform)
{
    uint64_t hash = mix(mix(mix(seed(), user_agent), ch_ua), ch_ua_platform);
    _Atomic uint64_t *entry = &entries[hash % ENTRIES];
    uint64_t word = atomic_load_explicit(entry, memory_order_relaxed);
    cctv_agent_t agent;

    if (word != 0 && TAG(word) == TAG(hash)) {
        return (cctv_agent_t){ (cctv_browser_t)BROWSER(word),
                               (cctv_os_t)OS(word) };
    }
    agent = cctv_agent_classify(user_agent, ch_ua, ch_ua_platform);
    word = TAG(hash) | (uint64_t)agent.browser << 8 | (uint64_t)agent.os;
    atomic_store_explicit(entry, word, memory_order_relaxed);
    return agent;
}
