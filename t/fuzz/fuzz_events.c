/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies with events of Janus: views that they do not name stay as they were,
 * and the numbers of the others stay possible. */
#include "metrics/series_state.h"
#include "video/event_media.h"
#include "views/view_media.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SESSIONS = 4,
    SERIES = 6
};

#define NOW       INT64_C(1000000000)
#define CHECK(is) ((is) ? (void)0 : abort())

/* The ids in the corpus. */
#define JANUS  UINT64_C(7429754469564420)
#define HANDLE UINT64_C(2946342523557323)

static _Alignas(64) char memory[131072];
static cctv_segment_t segment;
static cctv_views_t shared;

static const cctv_event_rule_t rules[] = {
    { CCTV_EVENT_SESSION, cctv_event_session },
    { CCTV_EVENT_HANDLE, cctv_event_handle },
    { CCTV_EVENT_WEBRTC, cctv_event_webrtc },
    { CCTV_EVENT_MEDIA, cctv_event_media },
    { .type = 0 }
};

static cctv_view_t start(cctv_transport_t transport, uint64_t janus)
{
    const cctv_moment_t now = { .time = NOW, .day = 100 };
    const cctv_viewer_t viewer = { .camera = 7,
                                   .timeout = 30000,
                                   .transport = transport,
                                   .janus = janus,
                                   .handle = HANDLE };
    cctv_view_t view;

    CHECK(cctv_view_reserve(&shared, &viewer, now, &view)
          == CCTV_VIEW_STARTED);
    CHECK(cctv_view_publish(&shared, &viewer, now, &view));
    CHECK(cctv_view_answer(&shared, &view, now));
    return view;
}

static void open_segment(void)
{
    memset(memory, 0, sizeof memory);
    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_views_region, SESSIONS);
    cctv_segment_add(&segment, &cctv_series_region, SERIES);
    cctv_segment_add(&segment, &cctv_created_region, SERIES);
    CHECK(cctv_segment_size(&segment) <= sizeof memory);
    CHECK(cctv_segment_init(&segment, memory, 1));
    cctv_views_open(&shared, &segment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const cctv_event_clock_t clock = { .now = { .time = NOW + 20000000,
                                                .day = 100 },
                                       .wall = INT64_C(1795335787000000) };
    cctv_view_t other;
    cctv_view_t view;
    cctv_view_t after;

    open_segment();
    other = start(CCTV_TRANSPORT_SERVER, 1);
    view = start(CCTV_TRANSPORT_SERVER, JANUS);
    cctv_events_take((const char *)data, size, rules, &shared, &clock);
    if (cctv_view_table_get(&shared.table, view.index, &after)) {
        CHECK(after.proven >= NOW && after.proven <= clock.now.time);
        CHECK(after.watched >= 0 && after.watched <= 20000000);
    }
    if (memmem(data, size, "\"session_id\"", 12) == NULL) {
        CHECK(cctv_view_table_get(&shared.table, other.index, &after));
        CHECK(after.flow == CCTV_FLOW_NONE && !after.is_gone);
    }
    return 0;
}
