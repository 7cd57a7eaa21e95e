/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file events.h
 * @brief Reads what the event handler of Janus sends, and calls a function for
 *        each event.
 * Layer: pure.
 *
 * The sample event handler of Janus sends one event, or an array of up to 100.
 * Nothing in it is trusted: what is not an event is skipped, and an event only
 * has effects on a view that has its Janus session and handle.
 */
#ifndef CCTV_VIDEO_EVENTS_H
#define CCTV_VIDEO_EVENTS_H

#include "views/views.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The most events of a body that are taken; the rest is skipped. */
#define CCTV_EVENTS_MAX 1000

/** The types of events that are of use: events/eventhandler.h of Janus. */
enum {
    CCTV_EVENT_SESSION = 1,
    CCTV_EVENT_HANDLE = 2,
    CCTV_EVENT_JSEP = 8,
    CCTV_EVENT_WEBRTC = 16,
    CCTV_EVENT_MEDIA = 32,
    CCTV_EVENT_PLUGIN = 64,
    CCTV_EVENT_TYPE_MAX = 0xffff
};

typedef struct {
    int type;
    uint64_t session; /**< less than 2^53, unless a browser (proxy transport)
                       *   has chosen it; 0: none */
    uint64_t handle;  /**< less than 2^53; 0: none */
    /** When it happened, by the clock of views. It is not later than now, and
     *  at most 10 s earlier, so an event that was late is not counted as if it
     *  had just happened. */
    cctv_moment_t at;
    const json_t *event; /**< its data; NULL: none */
} cctv_event_t;

/** What to do with the events of a type. Several rules may name a type. */
typedef struct {
    int type;
    void (*take)(cctv_views_t *shared, const cctv_event_t *event);
} cctv_event_rule_t;

/** What the clocks say. */
typedef struct {
    cctv_moment_t now;
    int64_t wall; /**< µs since 1970, as Janus stamps its events */
} cctv_event_clock_t;

/**
 * Read a body and take its events, in their order.
 *
 * @param rules  the last one has type 0
 * @return false: it is not JSON, or neither an object nor an array
 * Thread-safe if the functions of the rules are.
 */
bool cctv_events_take(const char *text, size_t len,
                      const cctv_event_rule_t *rules, cctv_views_t *shared,
                      const cctv_event_clock_t *clock);

/** @return a string member; "": there is none */
const char *cctv_event_text(const json_t *object, const char *name);

/** Find the live view that an event is about.
 *  @return false: there is none with its Janus session and handle */
bool cctv_event_view(cctv_views_t *shared, const cctv_event_t *event,
                     cctv_view_t *view);

#endif
