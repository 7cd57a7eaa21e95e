/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_found.h
 * @brief What the files agent*.c have found in the headers so far, and what they
 *        read characters with.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_AGENT_FOUND_H
#define CCTV_VIEWS_AGENT_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How much of each header is read: bytes. Browsers name themselves within the
 * first few hundred bytes, so reading more would only cost time. */
#define LOOK_AT 1024

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The best match so far. */
typedef struct {
    unsigned char is, rank;
} best_t;

typedef struct {
    best_t browser, os;
    /* A name of this rank or a lower one is false: a crawler sends it. */
    unsigned char false_up_to;
} found_t;

static inline void offer(best_t *best, int is, int rank)
{
    if (rank > best->rank) {
        best->is = (unsigned char)is;
        best->rank = (unsigned char)rank;
    }
}

/* tolower() of <ctype.h> would depend on the locale. */
static inline char lower(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c - 'A' + 'a');
    }
    return c;
}

static inline bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

static inline bool starts_with(const char *text, const char *start)
{
    while (*start != '\0' && *start == *text) {
        start++;
        text++;
    }
    return *start == '\0';
}

#endif
