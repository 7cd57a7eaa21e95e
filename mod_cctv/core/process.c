/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file process.c
 * @brief What a process has to itself, and a forked one has anew: its id, and
 *        random bytes.
 * Layer: pure.
 */
#include "core/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static _Atomic pid_t own; /* 0: not known yet */

/* The last `left` bytes have not been given out. */
static _Thread_local struct {
    size_t left;
    unsigned char bytes[CCTV_RANDOM_MAX];
} spare;

/* A forked process has one thread, which has copies of both. */
static void forget(void)
{
    atomic_store_explicit(&own, 0, memory_order_relaxed);
    spare.left = 0;
}

/* Runs when the program or the module is loaded. If the module is unloaded,
 * glibc takes the handler away. */
__attribute__((constructor)) static void forget_in_children(void)
{
    pthread_atfork(NULL, NULL, forget);
}

pid_t cctv_process_id(void)
{
    pid_t id = atomic_load_explicit(&own, memory_order_relaxed);

    if (id == 0) {
        id = getpid();
        atomic_store_explicit(&own, id, memory_order_relaxed);
    }
    return id;
}

bool cctv_random(void *out, size_t size)
{
    unsigned char *from;

    if (spare.left < size) {
        /* Up to 256 bytes come whole. */
        if (getrandom(spare.bytes, sizeof spare.bytes, 0)
            != sizeof spare.bytes) {
            return false;
        }
        spare.left = sizeof spare.bytes;
    }
    from = spare.bytes + sizeof spare.bytes - spare.left;
    memcpy(out, from, size);
    explicit_bzero(from, size);
    spare.left -= size;
    return true;
}
