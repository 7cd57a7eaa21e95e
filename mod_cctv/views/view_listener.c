/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_listener.c
 * @brief Who is told that views start and end: the event logs.
 * Layer: pure.
 */
#include "views/view_listener.h"

static const cctv_view_listener_t *listens;

void cctv_view_set_listener(const cctv_view_listener_t *listener)
{
    listens = listener;
}

void cctv_view_tell_start(const cctv_view_t *view)
{
    if (listens != NULL) {
        listens->start(view);
    }
}

void cctv_view_tell_ending(const cctv_view_t *view, cctv_ended_t reason)
{
    if (listens != NULL) {
        listens->ending(view, reason);
    }
}

bool cctv_view_tell_end(const cctv_view_t *view, cctv_ended_t reason,
                        cctv_time_t at)
{
    return listens == NULL || listens->end(view, reason, at);
}

bool cctv_view_tell_abandoned(const cctv_view_t *view)
{
    return listens == NULL || listens->abandoned(view);
}

void cctv_view_tell_picture(const cctv_view_t *view, int64_t after)
{
    if (listens != NULL) {
        listens->picture(view, after);
    }
}
