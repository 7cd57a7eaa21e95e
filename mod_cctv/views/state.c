/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.c
 * @brief Writes views to the state file and reads them back.
 * Layer: pure.
 */
#include "views/state.h"

#include "views/views.h"

#include "views/agent.h"
#include "views/memory.h"

/* The record of a view. New members are appended, and zero has to mean "not
 * known". */
typedef struct {
    uint64_t secret[2];
    cctv_time_t started;
    cctv_time_t last;
    uint64_t user;
    uint64_t role;
    uint64_t client;
    uint32_t home;
    uint32_t timeout;
    int32_t camera;
    uint32_t country;
    cctv_time_t answered;
    uint64_t janus;
    uint64_t handle;
    uint32_t transport;
    uint32_t is_gone;
    cctv_time_t proven;
    int64_t watched;
    uint8_t flow; /* cctv_flow_t + 1 */
    uint8_t browser;
    uint8_t os;
    uint8_t codec; /* CCTV_CODEC_UNKNOWN: H.264 */
    uint8_t is_second;
    uint8_t unused;
    uint16_t server;
} record_t;

/* The size of the first version of the record: bytes. */
#define RECORD_MIN 104

_Static_assert(sizeof(record_t) == 128, "a gap");

static bool read_record(record_t *out, const void *record, size_t size)
{
    return cctv_state_get(out, sizeof *out, RECORD_MIN, record, size);
}

/* After a clean stop the counters go on, so views that are over are saved too:
 * cctv_views_load() counts them as expired. */
void cctv_views_save(const cctv_segment_t *segment, bool is_clean,
                     cctv_time_t now, cctv_state_writer_t *writer)
{
    cctv_views_t views;
    cctv_view_t view;
    uint32_t i;

    cctv_views_open(&views, segment);
    for (i = cctv_view_table_next(&views.table, 0); i < views.table.max;
         i = cctv_view_table_next(&views.table, i + 1)) {
        if (cctv_view_table_get(&views.table, i, &view)
            && (is_clean || !cctv_view_is_over(&view, now))) {
            const record_t record = {
                .secret = { view.secret[0], view.secret[1] },
                .started = view.started,
                .last = view.last,
                .user = view.user,
                .role = view.role,
                .client = view.client,
                .home = view.home,
                .timeout = view.timeout,
                .camera = view.camera,
                .country = view.country,
                .answered = view.answered,
                .janus = view.janus,
                .handle = view.handle,
                .transport = (uint32_t)view.transport,
                .is_gone = view.is_gone,
                .proven = view.proven,
                .watched = view.watched,
                .flow = (uint8_t)(view.flow + 1),
                .browser = view.browser,
                .os = view.os,
                .codec = (uint8_t)view.codec,
                .is_second = view.is_second,
                .server = view.server,
            };

            cctv_state_put(writer, cctv_views_region.name, &record,
                           sizeof record);
        }
    }
}

bool cctv_views_is_sound(const void *record, size_t size)
{
    record_t in;

    return read_record(&in, record, size) && (in.secret[0] | in.secret[1]) != 0
           && in.camera > 0 && in.country < 1024 && in.started >= 0
           && in.last >= in.started && in.transport < CCTV_TRANSPORT_COUNT
           && in.janus >> 53 == 0
           && (cctv_transport_has_video((cctv_transport_t)in.transport)
               || in.answered >= 0)
           && in.flow <= CCTV_FLOW_FAILED + 1 && in.proven >= 0
           && in.watched >= 0 && in.browser < CCTV_BROWSERS
           && in.os < CCTV_OSES && in.codec < CCTV_CODEC_COUNT
           && in.is_second <= 1 && in.server < CCTV_SERVER_KEYS;
}

/* @return the last heartbeat to go on with; negative: the view is over */
static cctv_time_t last_heartbeat(const cctv_state_load_t *load,
                                  const record_t *in)
{
    cctv_time_t timeout = (cctv_time_t)in->timeout * 1000;
    const cctv_view_t view = { .transport = (cctv_transport_t)in->transport,
                               .timeout = in->timeout,
                               .answered = in->answered,
                               .proven = in->proven,
                               .last = in->last };
    bool goes_on;

    if (!load->is_same_boot || in->last > load->now) {
        return -1;
    }
    if (load->is_clean) {
        return cctv_view_is_over(&view, load->now) ? -1 : in->last;
    }
    /* The crash came before the next state file was due, and there may have
     * been heartbeats until then. The time until the last save has been
     * counted; counting goes on from now. */
    goes_on = load->now - load->saved <= timeout + load->interval;
    return goes_on ? load->now : -1;
}

/* A file of an older version says only since when a view was answered, and was
 * watched from then on. */
static cctv_flow_t flow_of(const record_t *in)
{
    if (in->flow == 0) {
        return in->answered >= 0 ? CCTV_FLOW_ON : CCTV_FLOW_NONE;
    }
    return (cctv_flow_t)(in->flow - 1);
}

/* @return the last proof to go on with. As with heartbeats, after a crash the
 *         time until now is not counted. */
static cctv_time_t last_proof(const cctv_state_load_t *load,
                              const record_t *in)
{
    cctv_time_t proven = in->flow == 0 ? in->last : in->proven;

    if (!load->is_clean || proven > load->now) {
        return load->now;
    }
    return proven;
}

static bool resume(cctv_views_t *views, const cctv_state_load_t *load,
                   const record_t *in)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED,
                                   .camera = in->camera,
                                   .country = (uint16_t)in->country };
    cctv_view_t view = {
        .camera = in->camera,
        .country = (uint16_t)in->country,
        .timeout = in->timeout,
        .user = in->user,
        .role = in->role,
        .client = in->client,
        .started = in->started,
        .last = last_heartbeat(load, in),
        .secret = { in->secret[0], in->secret[1] },
        .home = in->home,
        .transport = (cctv_transport_t)in->transport,
        .answered = in->answered,
        .janus = in->janus,
        .handle = in->handle,
        .is_gone = in->is_gone != 0,
        .flow = flow_of(in),
        .proven = last_proof(load, in),
        .watched = in->watched,
        .browser = in->browser,
        .os = in->os,
        .codec = in->codec == CCTV_CODEC_UNKNOWN ? CCTV_CODEC_H264
                                                 : (cctv_codec_t)in->codec,
        .is_second = in->is_second != 0,
        .server = in->server,
    };

    if (view.last < 0) {
        return false;
    }
    view.series = cctv_series_cell(&views->series, &labels);
    if (!cctv_view_resume(views, &view)) {
        return false;
    }
    cctv_series_add(&views->series, view.series, 0, load->day);
    return true;
}

cctv_record_t cctv_views_load(const cctv_state_load_t *load,
                              const void *record, size_t size)
{
    cctv_views_t views;
    record_t in;

    cctv_views_open(&views, load->segment);
    read_record(&in, record, size);
    if (resume(&views, load, &in)) {
        return CCTV_RECORD_TAKEN;
    }
    if (load->is_clean
        && (in.answered >= 0 || in.transport != CCTV_TRANSPORT_WHEP)) {
        cctv_count(&views.head->counters
                        .ended[in.answered >= 0 ? CCTV_ENDED_EXPIRED
                                                : CCTV_ENDED_OFFERED]);
    }
    return CCTV_RECORD_OVER;
}
