/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file options.c
 * @brief Reads the command line.
 */
#include "options.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRONG 2

static const char usage[] =
    "load --url URL - many viewers of real WebRTC\n"
    "\n"
    "  --url URL          the site: what precedes /api and /view-start\n"
    "  --cameras 1,2,3    which cameras they watch, in turn (all)\n"
    "            all      all that play\n"
    "            q=bridge those that play of the list with these parameters\n"
    "  --viewers N        how many viewers (10)\n"
    "  --rate N           how many of them start per second (10)\n"
    "  --seconds N        how long to measure once all have started (30)\n"
    "  --threads N        threads that receive packets (2)\n"
    "  --late N           after how many milliseconds a packet is late (150)\n"
    "\n"
    "CCTV_LOAD_LOGIN=user:password in the environment is the site's login.\n"
    "Prints a line a second to standard error, and at the end a summary as\n"
    "JSON to standard output. The status is 0 if all viewers have played,\n"
    "1 if some never did, and 2 if the server could not be asked.\n";

static _Noreturn void fail(const char *what, const char *value)
{
    fprintf(stderr, "load: %s%s%s\nload --help tells more.\n", what,
            value != NULL ? ": " : "", value != NULL ? value : "");
    exit(WRONG);
}

static double number(const char *name, const char *text, double least,
                     double most)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !(value >= least && value <= most)) {
        fprintf(stderr, "load: --%s has to be a number from %g to %g.\n", name,
                least, most);
        exit(WRONG);
    }
    return value;
}

static void take(int option, const char *name, const char *value,
                 load_options_t *out)
{
    switch (option) {
    case 'u':
        out->url = value;
        break;
    case 'c':
        out->cameras = value;
        break;
    case 'v':
        out->viewers = (size_t)number(name, value, 1, 100000);
        break;
    case 'r':
        out->rate = number(name, value, 0.1, 10000);
        break;
    case 's':
        out->seconds = number(name, value, 0, 1e6);
        break;
    case 't':
        out->threads = (int)number(name, value, 1, 64);
        break;
    case 'l':
        out->late_ms = number(name, value, 1, 10000);
        break;
    case 'h':
        fputs(usage, stdout);
        exit(EXIT_SUCCESS);
    default:
        exit(WRONG);
    }
}

void load_options_read(int count, char **arguments, load_options_t *out)
{
    static const struct option names[] = {
        { "url", required_argument, NULL, 'u' },
        { "cameras", required_argument, NULL, 'c' },
        { "viewers", required_argument, NULL, 'v' },
        { "rate", required_argument, NULL, 'r' },
        { "seconds", required_argument, NULL, 's' },
        { "threads", required_argument, NULL, 't' },
        { "late", required_argument, NULL, 'l' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int option, index = 0;

    *out = (load_options_t){ .cameras = "all",
                             .viewers = 10,
                             .rate = 10,
                             .seconds = 30,
                             .threads = 2,
                             .late_ms = 150,
                             .login = getenv("CCTV_LOAD_LOGIN") };
    while ((option = getopt_long(count, arguments, "", names, &index)) != -1) {
        take(option, names[index].name, optarg, out);
    }
    if (optind < count) {
        fail("what is this", arguments[optind]);
    }
    if (out->url == NULL) {
        fail("--url is missing", NULL);
    }
    if (strncmp(out->url, "http://", 7) != 0
        && strncmp(out->url, "https://", 8) != 0) {
        fail("--url has to begin with http:// or https://", out->url);
    }
    if (out->login != NULL && strchr(out->login, ':') == NULL) {
        fail("CCTV_LOAD_LOGIN has to be user:password", NULL);
    }
}
