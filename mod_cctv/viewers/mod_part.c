/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The viewers part: who may not watch for now, and the names of those
 *        who watch.
 * Layer: httpd.
 */
#include "viewers/mod_part.h"

#include "core/mod_log.h"

#include "http_core.h"

static cctv_viewers_t viewers;
static uint32_t wanted;

cctv_viewers_t *cctv_viewers(void)
{
    return &viewers;
}

void cctv_viewers_keep_names(uint32_t max)
{
    wanted = max;
}

static uint32_t capacity(const server_rec *s)
{
    (void)s;
    return wanted;
}

static void memory_opened(const cctv_segment_t *segment)
{
    cctv_viewers_open(&viewers, segment);
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG
        && viewers.names.max == 0 && wanted > 0) {
        CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0201",
                   "the admin's view names the users who watch from the next "
                   "full start on (stop and start)");
    }
    return OK;
}

const cctv_part_t cctv_viewers_part = { .name = "viewers",
                                        .region = &cctv_viewers_region,
                                        .capacity = capacity,
                                        .memory_opened = memory_opened,
                                        .post_config = post_config };
