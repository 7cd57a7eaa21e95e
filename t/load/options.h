/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file options.h
 * @brief The command line.
 */
#ifndef LOAD_OPTIONS_H
#define LOAD_OPTIONS_H

#include <stddef.h>

typedef struct {
    const char *url;
    const char *cameras; /* see cameras.h */
    size_t viewers;
    double rate; /* starts per second */
    double seconds;
    int threads;
    double late_ms;
    const char *login; /* "user:password", or NULL */
} load_options_t;

/** Ends the program if the command line is wrong. */
void load_options_read(int count, char **arguments, load_options_t *out);

#endif
