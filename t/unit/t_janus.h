/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_janus.h
 * @brief A stand-in for Janus: a server in a thread of the test that sends
 *        prepared answers.
 */
#ifndef T_JANUS_H
#define T_JANUS_H

#include "t_shared.h"

#include "janus/janus.h"

typedef enum {
    T_LAST,   /**< marks the end of the answers */
    T_ANSWER, /**< the text is the body */
    T_CLOSE,  /**< as T_ANSWER, then the connection closes */
    T_RAW,    /**< the text is the whole reply; then it closes */
    T_HALF,   /**< the body is cut short and the connection closes */
    T_STUCK,  /**< the body is cut short, the connection stays */
    T_SILENT, /**< no answer */
    T_ENDLESS /**< the text again and again until the client leaves */
} t_how_t;

typedef struct {
    t_how_t how;
    const char *text;
} t_answer_t;

#define ANSWER(json)                                                          \
    {                                                                         \
        .how = T_ANSWER, .text = (json)                                       \
    }

/** Start the server and a client for it. `session` has a deadline that is far
 *  away, id 11 and handle 12. The answers are sent in this order. */
#define SERVE(...)                                                            \
    t_janus_serve((const t_answer_t[]){ __VA_ARGS__, { .how = T_LAST } })
void t_janus_serve(const t_answer_t *answers);

/** Stop the server and the client. */
void t_janus_stop(void);

extern cctv_janus_session_t session;
extern cctv_janus_t *janus;
extern cctv_janus_counters_t counters;

/** The API secret that the client sends. */
#define SECRET "a secret/&"

/** Stop listening, so that connections are refused. */
void t_janus_refuse(void);

/** The number of connections that the server has accepted. */
int t_janus_connections(void);

/** The request line and the body of request number `index`, which must have
 *  arrived. */
const char *t_janus_line(int index);
json_t *t_janus_body(int index);

#endif
