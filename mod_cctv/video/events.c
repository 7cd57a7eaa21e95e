/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file events.c
 * @brief Reads what the event handler of Janus sends, and calls a function for
 *        each event.
 * Layer: pure.
 */
#include "video/events.h"

#include "janus/session_ids.h"
#include "json/reader.h"

/* How late an event may be: µs. */
#define LATE_MAX 10000000

static cctv_moment_t moment_of(const json_t *object,
                               const cctv_event_clock_t *clock)
{
    json_int_t stamp = json_integer_value(
        json_object_get(object, "timestamp"));
    cctv_moment_t at = clock->now;

    if (stamp > clock->wall - LATE_MAX && stamp < clock->wall) {
        at.time -= clock->wall - stamp;
    }
    else if (stamp > 0 && stamp < clock->wall) {
        at.time -= LATE_MAX;
    }
    return at;
}

static void take_one(const json_t *object, const cctv_event_rule_t *rule,
                     cctv_views_t *shared, const cctv_event_clock_t *clock)
{
    json_int_t type = json_integer_value(json_object_get(object, "type"));
    const cctv_event_t event = {
        .type = type > 0 && type <= CCTV_EVENT_TYPE_MAX ? (int)type : 0,
        .session = cctv_session_id(json_object_get(object, "session_id")),
        .handle = cctv_session_id(json_object_get(object, "handle_id")),
        .at = moment_of(object, clock),
        .event = json_object_get(object, "event"),
    };

    for (; rule->type != 0; rule++) {
        if (rule->type == event.type) {
            rule->take(shared, &event);
        }
    }
}

bool cctv_events_take(const char *text, size_t len,
                      const cctv_event_rule_t *rules, cctv_views_t *shared,
                      const cctv_event_clock_t *clock)
{
    json_t *body = cctv_json_has_memory(len) ? json_loadb(text, len, 0, NULL)
                                             : NULL;
    const json_t *object;
    size_t i;

    if (json_is_object(body)) {
        take_one(body, rules, shared, clock);
    }
    json_array_foreach(body, i, object)
    {
        if (i == CCTV_EVENTS_MAX) {
            break;
        }
        take_one(object, rules, shared, clock);
    }
    json_decref(body);
    return body != NULL;
}

const char *cctv_event_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

bool cctv_event_view(cctv_views_t *shared, const cctv_event_t *event,
                     cctv_view_t *view)
{
    return event->session != 0
           && cctv_view_index_find(&shared->index, &shared->table,
                                   event->session, view)
           && (event->handle == 0 || view->handle == 0
               || event->handle == view->handle);
}
