/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief GeoIP as a part of the module.
 * Layer: httpd.
 */
#include "geoip/mod_part.h"

#include "geoip/mod_lookup.h"
#include "geoip/mod_settings.h"
#include "metrics/family.h"

static void write_built(cctv_scrape_t *scrape)
{
    int64_t built = cctv_geoip_build_time();

    if (built != 0) {
        cctv_family_add_number(scrape, (uint64_t)built);
    }
}

static const cctv_family_t families[] = {
    { "cctv_geoip_build_timestamp_seconds", CCTV_FAMILY_GAUGE, "seconds",
      "When the GeoIP database in use was made.", write_built },
    { .name = NULL }
};

const cctv_part_t cctv_geoip_part = { .name = "geoip",
                                      .settings = &cctv_geoip_settings_group,
                                      .families = families };
