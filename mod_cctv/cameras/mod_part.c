/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief Cameras as a part of the module.
 * Layer: httpd.
 */
#include "cameras/mod_part.h"

#include "cameras/mod_handler.h"
#include "cameras/mod_source.h"
#include "cameras/mod_settings.h"
#include "database/mod_runtime.h"
#include "memory/segment.h"
#include "metrics/family.h"

static cctv_camera_counts_t *counts;

cctv_camera_counts_t *cctv_camera_counts(void)
{
    return counts;
}

static void memory_opened(const cctv_segment_t *segment)
{
    counts = cctv_segment_find(segment, &cctv_cameras_region, NULL);
}

static bool scrape_begin(request_rec *r, cctv_scrape_t *scrape)
{
    (void)scrape;
    if (cctv_database_is_configured(r->server)) {
        cctv_source_count(r);
    }
    return true;
}

static void write_cameras(cctv_scrape_t *scrape)
{
    if (cctv_counted(&counts->is_known) != 0) {
        cctv_family_add_row(scrape, "status", cctv_camera_status_labels,
                            counts->count, CCTV_CAMERA_STATUS_COUNT);
    }
}

static const cctv_family_t families[] = {
    { "cctv_cameras", CCTV_FAMILY_GAUGE, NULL,
      "Cameras in the database, as they were counted last.", write_cameras },
    { .name = NULL }
};

static const cctv_route_t routes[] = {
    { "cameras", cctv_cameras_handler, M_INVALID, CCTV_NEEDS_DATABASE, true },
    { .name = NULL }
};

const cctv_part_t cctv_cameras_part = {
    .name = "cameras",
    .region = &cctv_cameras_region,
    .memory_opened = memory_opened,
    .post_config = cctv_source_post_config,
    .child_init = cctv_source_child_init,
    .settings = &cctv_cameras_settings_group,
    .routes = routes,
    .families = families,
    .scrape_begin = scrape_begin,
};
