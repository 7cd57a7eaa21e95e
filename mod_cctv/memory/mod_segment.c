/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_segment.c
 * @brief Makes the shared memory at the first start, and keeps it over reloads.
 * Layer: httpd.
 */
#include "memory/mod_segment.h"

#include "core/mod_log.h"
#include "core/mod_part.h"
#include "memory/mod_part.h"

#include "apr_shm.h"
#include "apr_strings.h"
#include "http_core.h"

#include <errno.h>

/* Kept over reloads. Another version of the module may read it, so its layout
 * must never change. */
typedef struct {
    apr_shm_t *shm;
    void *memory;
} kept_t;

static cctv_segment_t segment;

const cctv_segment_t *cctv_memory(void)
{
    return &segment;
}

static void *aligned(void *memory)
{
    uintptr_t at = (uintptr_t)memory;

    return (char *)memory + (64 - at % 64) % 64;
}

static void plan_segment(const server_rec *s)
{
    const cctv_part_t *const *part;

    cctv_segment_plan(&segment);
    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->region != NULL) {
            cctv_segment_add(&segment, (*part)->region,
                             (*part)->capacity == NULL ? 0
                                                       : (*part)->capacity(s));
        }
    }
}

/* Text for the log: "CCTVMaxSessions 2 and CCTVMaxSeries 777". Lists the
 * regions whose capacity differs from the one in the segment, or all
 * regions. */
static const char *list_capacities(apr_pool_t *pool, const server_rec *s,
                                   bool only_changed)
{
    const cctv_part_t *const *part;
    const char *list = "";

    for (part = cctv_parts; *part != NULL; part++) {
        uint32_t capacity;
        uint32_t wanted;

        if ((*part)->sized_by == NULL) {
            continue;
        }
        wanted = (*part)->capacity(s);
        if (only_changed) {
            cctv_segment_find(&segment, (*part)->region, &capacity);
        }
        if (!only_changed || capacity != wanted) {
            list = apr_psprintf(pool, "%s%s%s %u", list,
                                list[0] == '\0' ? "" : " and ",
                                (*part)->sized_by, wanted);
        }
    }
    return list;
}

static bool make_segment(kept_t *kept, apr_pool_t *ptemp, server_rec *s)
{
    size_t size = cctv_segment_size(&segment) + 64;
    apr_status_t rv = apr_shm_create(&kept->shm, size, NULL, s->process->pool);

    if (rv == APR_SUCCESS) {
        kept->memory = aligned(apr_shm_baseaddr_get(kept->shm));
        if (cctv_segment_init(&segment, kept->memory, apr_time_now())) {
            return true;
        }
        rv = errno;
    }
    CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0037",
               "cannot make %" APR_SIZE_T_FMT " bytes of shared memory for %s",
               size, list_capacities(ptemp, s, false));
    return false;
}

/* @return whether the segment is new */
static bool keep_or_make(apr_pool_t *ptemp, server_rec *s, bool *failed)
{
    static const char key[] = "cctv_segment";
    kept_t *kept = ap_retained_data_get(key);

    *failed = false;
    if (kept == NULL) {
        kept = ap_retained_data_create(key, sizeof *kept);
    }
    else if (cctv_segment_is_ours(&segment, kept->memory)) {
        cctv_segment_open(&segment, kept->memory);
        return false;
    }
    else {
        /* Children of the old generation still have their mapping. */
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0040",
                   "the module was replaced by another version: views and "
                   "counters start anew");
        apr_shm_destroy(kept->shm);
    }
    *failed = !make_segment(kept, ptemp, s);
    return true;
}

static void tell_parts(void)
{
    const cctv_part_t *const *part;

    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->memory_opened != NULL) {
            (*part)->memory_opened(&segment);
        }
    }
}

void cctv_memory_tell_size(apr_pool_t *ptemp, server_rec *s)
{
    const char *changed = list_capacities(ptemp, s, true);

    CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0038",
               "views and counters take %.1f MB of shared memory",
               (double)cctv_segment_size(&segment) / (1 << 20));
    if (changed[0] != '\0') {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0039",
                   "%s hold from the next full start on (stop and start)",
                   changed);
    }
}

bool cctv_memory_open(apr_pool_t *ptemp, server_rec *s, bool *is_new)
{
    bool failed;

    plan_segment(s);
    *is_new = keep_or_make(ptemp, s, &failed);
    if (!failed) {
        tell_parts();
    }
    return !failed;
}

void cctv_memory_clear(void)
{
    cctv_segment_clear(&segment, apr_time_now());
}
