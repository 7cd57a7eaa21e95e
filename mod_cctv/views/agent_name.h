/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_name.h
 * @brief A name by which agent.c recognizes a browser, a system or a program.
 * Layer: pure.
 *
 * Only the tables include this file; agent_names.h has them all.
 */
#ifndef CCTV_VIEWS_AGENT_NAME_H
#define CCTV_VIEWS_AGENT_NAME_H

#include "views/agent.h"

/*
 * A browser names its ancestors too: Edge sends Mozilla, Chrome, Safari and
 * Edg. So each name has a rank. Of all names in a header, the one with the
 * highest rank counts; if several have that rank, the first one counts.
 */
enum {
    NOTHING,    /* a known word that does not tell the browser */
    ENGINE,     /* AppleWebKit: every browser on an Apple system sends it */
    BASE,       /* Safari: nearly every browser sends it */
    COMMON,     /* Chrome, Firefox, MSIE: other browsers are built on them */
    UNLISTED,   /* a product that is in no table */
    WEBVIEW,    /* built into applications, some of which are browsers */
    BRAND,      /* only this browser sends it */
    APP,        /* an application or a device, whatever browser is in it */
    HINT_OTHER, /* a brand that is in no table */
    HINT,
    HINT_APP, /* an application that names the browser in it as well */
    ROBOT
};

/* The ranks of systems: Android and webOS also send "Linux", Windows Phone
 * also sends "Android" and "iPhone". */
enum {
    KERNEL = 1,
    SYSTEM,
    HINT_LINUX,
    DEVICE,
    PHONE,
    HINT_SYSTEM
};

/*
 * A name that a word of User-Agent may start with. Names are in lower case, and
 * at least two characters long; tables are sorted by ASCII. A name that ends in a
 * letter matches only if no further letter follows.
 */
typedef struct {
    char text[38];
    unsigned char is, rank;
} name_t;

/* The name of a program that is no browser. */
#define ROBOT_NAME(text)                                                      \
    {                                                                         \
        text, CCTV_BROWSER_BOT, ROBOT                                         \
    }

#endif
