/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_janus.h
 * @brief A server in a thread of the test that answers what it was told to, in
 *        the place of Janus.
 */
#ifndef T_JANUS_H
#define T_JANUS_H

#include "t_shared.h"

#include "janus/janus.h"

typedef enum {
    T_LAST,   /**< behind the last answer */
    T_ANSWER, /**< the text is the body */
    T_CLOSE,  /**< the same, and then the connection is closed */
    T_RAW,    /**< the text is all, and then the connection is closed */
    T_HALF,   /**< a longer body was announced; the connection is closed */
    T_STUCK,  /**< the same, but nothing more happens */
    T_SILENT, /**< nothing at all */
    T_ENDLESS /**< the text, for as long as somebody listens */
} t_how_t;

typedef struct {
    t_how_t how;
    const char *text;
} t_answer_t;

#define ANSWER(json)                                                          \
    {                                                                         \
        .how = T_ANSWER, .text = (json)                                       \
    }

/** Start the server and a client of it, with a talk that has time enough and
 *  session 11 with handle 12. The answers are given in this order. */
#define SERVE(...)                                                            \
    t_janus_serve((const t_answer_t[]){ __VA_ARGS__, { .how = T_LAST } })
void t_janus_serve(const t_answer_t *answers);

/** Stop both. */
void t_janus_stop(void);

extern cctv_janus_session_t session;
extern cctv_janus_t *janus;
extern cctv_janus_counters_t counters;

/** What is told as the secret. */
#define SECRET "a secret/&"

/** The server is not there any more, and nobody else is. */
void t_janus_refuse(void);

/** How often somebody connected. */
int t_janus_connections(void);

/** Request number `index`: its line and its body. It must have come. */
const char *t_janus_line(int index);
json_t *t_janus_body(int index);

#endif
