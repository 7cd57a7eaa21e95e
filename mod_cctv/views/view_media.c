/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_media.c
 * @brief The media of a view in the table: its Janus session, and whether
 *        media flow.
 * Layer: pure.
 */
#include "views/view_media.h"

_Static_assert(sizeof(cctv_media_t) == 64, "media are not a line");

#define FLOW_BITS  2
#define FLOW(word) ((cctv_flow_t)((word)&3))
#define TIME(word) ((cctv_time_t)((word) >> FLOW_BITS))

/* Flags in the word of a Janus session; the ids that Janus draws are smaller
 * than both. */
#define JANUS_UNKNOWN (UINT64_C(1) << 62)
#define JANUS_GONE    (UINT64_C(1) << 63)

#define STORE(field, value)                                                   \
    atomic_store_explicit(&(field), value, memory_order_release)
#define LOAD(field) atomic_load_explicit(&(field), memory_order_acquire)

/* Values for "not answered yet" (negative) and "not attached yet" that only
 * this view has, since they are made of its secret. */
static cctv_time_t not_answered(const cctv_view_t *view)
{
    return (cctv_time_t)(view->secret[0] >> 2 | UINT64_C(2) << 62);
}

static cctv_time_t being_answered(const cctv_view_t *view)
{
    return (cctv_time_t)(view->secret[0] >> 2 | UINT64_C(3) << 62);
}

/* A view that is over; no longer a value from which an answer swaps. */
#define NEVER_ANSWERED (-1)

static uint64_t not_attached(const cctv_view_t *view)
{
    return (view->secret[1] & (JANUS_UNKNOWN - 1)) | JANUS_UNKNOWN;
}

static uint64_t janus_word(const cctv_view_t *view)
{
    if (view->is_gone) {
        return JANUS_GONE;
    }
    return view->janus == 0 ? not_attached(view) : view->janus;
}

static uint64_t flow_word(cctv_flow_t flow, cctv_time_t time)
{
    return (uint64_t)time << FLOW_BITS | (uint64_t)flow;
}

void cctv_view_media_fill(cctv_media_t *media, const cctv_view_t *view)
{
    STORE(media->answered,
          view->answered >= 0 ? view->answered : not_answered(view));
    STORE(media->janus, janus_word(view));
    STORE(media->handle, view->handle);
    STORE(media->flow, flow_word(view->flow, view->proven));
    STORE(media->watched, view->watched);
    STORE(media->looked, view->looked);
    STORE(media->feedback, view->feedback);
    STORE(media->transport, (uint8_t)view->transport);
    STORE(media->browser, view->browser);
    STORE(media->os, view->os);
    STORE(media->codec, (uint8_t)view->codec);
    STORE(media->is_second, view->is_second);
    STORE(media->ice, view->ice);
}

void cctv_view_media_read(const cctv_media_t *media, cctv_view_t *out)
{
    uint64_t janus = LOAD(media->janus);
    uint64_t flow = LOAD(media->flow);

    out->flow = FLOW(flow);
    out->proven = TIME(flow);
    out->watched = LOAD(media->watched);
    out->looked = LOAD(media->looked);
    out->feedback = LOAD(media->feedback);
    out->browser = LOAD(media->browser);
    out->os = LOAD(media->os);
    out->codec = (cctv_codec_t)LOAD(media->codec);
    out->is_second = LOAD(media->is_second) != 0;
    out->ice = LOAD(media->ice);
    out->transport = (cctv_transport_t)LOAD(media->transport);
    out->answered = LOAD(media->answered);
    out->is_gone = (janus & JANUS_GONE) != 0;
    out->janus = (janus & (JANUS_GONE | JANUS_UNKNOWN)) != 0 ? 0 : janus;
    out->handle = LOAD(media->handle);
}

static bool swap_answered(cctv_view_table_t *table, const cctv_view_t *view,
                          cctv_time_t from, cctv_time_t to)
{
    return atomic_compare_exchange_strong_explicit(
        &table->media[view->index].answered, &from, to, memory_order_acq_rel,
        memory_order_relaxed);
}

void cctv_view_media_close(cctv_media_t *media)
{
    cctv_time_t answered = LOAD(media->answered);

    while (answered < 0
           && !atomic_compare_exchange_weak_explicit(
               &media->answered, &answered, NEVER_ANSWERED,
               memory_order_acq_rel, memory_order_acquire)) {
    }
}

bool cctv_view_table_claim_answer(cctv_view_table_t *table,
                                  const cctv_view_t *view)
{
    return swap_answered(table, view, not_answered(view),
                         being_answered(view));
}

bool cctv_view_table_answer(cctv_view_table_t *table, cctv_view_t *view,
                            cctv_time_t now)
{
    if (!swap_answered(table, view, being_answered(view), now)
        && !swap_answered(table, view, not_answered(view), now)) {
        return false;
    }
    view->answered = now;
    return true;
}

bool cctv_view_table_flow(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_flow_t flow, cctv_time_t now, int64_t *interval)
{
    cctv_media_t *media = &table->media[view->index];
    uint64_t from = flow_word(view->flow, view->proven);
    cctv_time_t proven = flow == CCTV_FLOW_ON && now > view->proven
                             ? now
                             : view->proven;

    *interval = view->flow == CCTV_FLOW_ON ? proven - view->proven : 0;
    if (!atomic_compare_exchange_strong_explicit(
            &media->flow, &from, flow_word(flow, proven), memory_order_acq_rel,
            memory_order_relaxed)) {
        return false;
    }
    atomic_fetch_add(&media->watched, *interval);
    view->watched += *interval;
    view->flow = flow;
    view->proven = proven;
    return true;
}

void cctv_view_table_look(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_time_t now, uint64_t feedback)
{
    cctv_media_t *media = &table->media[view->index];

    STORE(media->looked, now);
    STORE(media->feedback, feedback);
    view->looked = now;
    view->feedback = feedback;
}

void cctv_view_table_note_ice(cctv_view_table_t *table, cctv_view_t *view,
                              uint16_t ice)
{
    STORE(table->media[view->index].ice, ice);
    view->ice = ice;
}

static bool swap_janus(cctv_view_table_t *table, cctv_view_t *view,
                       uint64_t from, uint64_t janus, uint64_t handle)
{
    cctv_media_t *media = &table->media[view->index];

    if (!atomic_compare_exchange_strong_explicit(&media->janus, &from, janus,
                                                 memory_order_acq_rel,
                                                 memory_order_relaxed)) {
        return false;
    }
    STORE(media->handle, handle);
    view->janus = janus;
    view->handle = handle;
    return true;
}

bool cctv_view_table_attach(cctv_view_table_t *table, cctv_view_t *view,
                            uint64_t janus, uint64_t handle)
{
    return swap_janus(table, view, not_attached(view), janus, handle);
}

bool cctv_view_table_replace(cctv_view_table_t *table, cctv_view_t *view,
                             uint64_t janus, uint64_t handle)
{
    return view->janus != 0
           && swap_janus(table, view, view->janus, janus, handle);
}

void cctv_view_table_lose(cctv_view_table_t *table, cctv_view_t *view)
{
    uint64_t from = view->janus;

    view->is_gone = from == 0
                    || atomic_compare_exchange_strong_explicit(
                        &table->media[view->index].janus, &from,
                        from | JANUS_GONE, memory_order_acq_rel,
                        memory_order_relaxed);
}
