/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file buffers.c
 * @brief Memory for large answers: what was used last is used first.
 * Layer: pure.
 */
#include "json/buffers.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *kept[CCTV_BUFFERS_KEPT]; /* the last one was used last */
static int count;

static void *remove_at(int i)
{
    void *buffer = kept[i];

    count--;
    memmove(&kept[i], &kept[i + 1], (size_t)(count - i) * sizeof *kept);
    return buffer;
}

void *cctv_buffers_take(size_t size)
{
    void *buffer = NULL;
    int i;

    pthread_mutex_lock(&mutex);
    for (i = count - 1; i >= 0 && buffer == NULL; i--) {
        if (malloc_usable_size(kept[i]) >= size) {
            buffer = remove_at(i);
        }
    }
    pthread_mutex_unlock(&mutex);
    return buffer == NULL ? malloc(size) : buffer;
}

void cctv_buffers_give(void *buffer)
{
    size_t size = malloc_usable_size(buffer);
    void *oldest = NULL;

    if (size < CCTV_BUFFERS_MIN || size > CCTV_BUFFERS_MAX) {
        free(buffer);
        return;
    }
    pthread_mutex_lock(&mutex);
    if (count == CCTV_BUFFERS_KEPT) {
        oldest = remove_at(0);
    }
    kept[count++] = buffer;
    pthread_mutex_unlock(&mutex);
    free(oldest);
}

void cctv_buffers_clear(void)
{
    pthread_mutex_lock(&mutex);
    while (count > 0) {
        free(kept[--count]);
    }
    pthread_mutex_unlock(&mutex);
}
