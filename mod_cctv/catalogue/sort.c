/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sort.c
 * @brief Sorts lists of cameras.
 * Layer: pure.
 */
#include "catalogue/tree.h"

#include <stdlib.h>
#include <string.h>

/* Shorter lists are sorted by insertion. */
#define SHORT 48

#define DIGIT   11
#define BUCKETS (1 << DIGIT)

static void sort_short(int *at, int count)
{
    int i, j;

    for (i = 1; i < count; i++) {
        int value = at[i];

        for (j = i; j > 0 && at[j - 1] > value; j--) {
            at[j] = at[j - 1];
        }
        at[j] = value;
    }
}

/* One pass of a radix sort. */
static void sort_digit(const int *from, int *to, int count, int shift)
{
    int starts[BUCKETS] = { 0 };
    int next = 0;
    int i;

    for (i = 0; i < count; i++) {
        starts[from[i] >> shift & (BUCKETS - 1)]++;
    }
    for (i = 0; i < BUCKETS; i++) {
        int here = starts[i];

        starts[i] = next;
        next += here;
    }
    for (i = 0; i < count; i++) {
        to[starts[from[i] >> shift & (BUCKETS - 1)]++] = from[i];
    }
}

bool cctv_hits_sort(cctv_hits_t *hits, int end)
{
    int *from = hits->at;
    int *to;
    int shift;

    if (hits->count <= SHORT) {
        sort_short(hits->at, hits->count);
        return true;
    }
    to = malloc((size_t)hits->count * sizeof *to);
    if (to == NULL) {
        hits->failed = true;
        return false;
    }
    for (shift = 0; shift < 31 && (end - 1) >> shift > 0; shift += DIGIT) {
        int *other = from;

        sort_digit(from, to, hits->count, shift);
        from = to;
        to = other;
    }
    free(to);
    hits->at = from;
    hits->size = hits->count;
    return true;
}
