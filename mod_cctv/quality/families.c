/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.c
 * @brief The metric families of the quality part.
 * Layer: pure.
 */
#include "quality/families.h"

#include "quality/memory.h"
#include "views/reasons.h"

#include <stdio.h>

static const cctv_quality_counters_t *counters_of(const cctv_scrape_t *scrape)
{
    return scrape->context;
}

/* All transports are written, also those without views, because increase()
 * does not count what makes a label set appear. */
static void write_first_pictures(cctv_scrape_t *scrape)
{
    cctv_histogram_figures_t figures;
    char labels[32];
    int i;

    for (i = 0; i < CCTV_TRANSPORT_COUNT; i++) {
        snprintf(labels, sizeof labels, "transport=\"%s\"",
                 cctv_transport_labels[i]);
        cctv_histogram_read(&counters_of(scrape)->first_pictures[i], &figures);
        cctv_family_add_figures(scrape, labels, &figures);
    }
}

static void write_round_trips(cctv_scrape_t *scrape)
{
    cctv_family_add_histogram(scrape, &counters_of(scrape)->round_trips);
}

static void write_total(cctv_scrape_t *scrape, cctv_total_t total)
{
    cctv_family_add_number(scrape,
                           cctv_counted(&counters_of(scrape)->totals[total]));
}

static void write_received(cctv_scrape_t *scrape)
{
    write_total(scrape, CCTV_TOTAL_RECEIVED);
}

static void write_decoded(cctv_scrape_t *scrape)
{
    write_total(scrape, CCTV_TOTAL_DECODED);
}

static void write_dropped(cctv_scrape_t *scrape)
{
    write_total(scrape, CCTV_TOTAL_DROPPED);
}

static void write_keyframe_requests(cctv_scrape_t *scrape)
{
    write_total(scrape, CCTV_TOTAL_PLI);
}

static void write_freezes(cctv_scrape_t *scrape)
{
    write_total(scrape, CCTV_TOTAL_FREEZES);
}

static void write_freeze_time(cctv_scrape_t *scrape)
{
    uint64_t ms = cctv_counted(
        &counters_of(scrape)->totals[CCTV_TOTAL_FREEZE_TIME]);

    cctv_family_add_name(scrape);
    cctv_output_add(scrape->out, " ");
    cctv_output_add_seconds(scrape->out, ms * 1000);
    cctv_output_add(scrape->out, "\n");
    cctv_family_add_created(scrape, "");
}

static void write_paths(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "path", cctv_path_labels,
                        counters_of(scrape)->paths, CCTV_PATH_COUNT);
}

static void write_decoders(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "decoder", cctv_decoder_labels,
                        counters_of(scrape)->decoders, CCTV_DECODER_COUNT);
}

const cctv_family_t cctv_quality_families[] = {
    { "cctv_first_picture_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time from the click to the first picture, as viewers report it.",
      write_first_pictures },
    { "cctv_view_round_trip_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Round trips between viewers and Janus, one for each report.",
      write_round_trips },
    { "cctv_view_frames_received", CCTV_FAMILY_COUNTER, NULL,
      "Frames that viewers report as received.", write_received },
    { "cctv_view_frames_decoded", CCTV_FAMILY_COUNTER, NULL,
      "Frames that viewers report as decoded.", write_decoded },
    { "cctv_view_frames_dropped", CCTV_FAMILY_COUNTER, NULL,
      "Frames that viewers report as dropped.", write_dropped },
    { "cctv_view_keyframe_requests", CCTV_FAMILY_COUNTER, NULL,
      "Requests for a keyframe (PLI) that viewers report.",
      write_keyframe_requests },
    { "cctv_view_freezes", CCTV_FAMILY_COUNTER, NULL,
      "Freezes of the picture that viewers report.", write_freezes },
    { "cctv_view_freeze_seconds", CCTV_FAMILY_COUNTER, "seconds",
      "How long the pictures of viewers stood still.", write_freeze_time },
    { "cctv_view_ice_paths", CCTV_FAMILY_COUNTER, NULL,
      "Views by the ICE candidate that their viewer uses.", write_paths },
    { "cctv_view_decoders", CCTV_FAMILY_COUNTER, NULL,
      "Views by the decoder that their viewer uses.", write_decoders },
    { .name = NULL }
};
