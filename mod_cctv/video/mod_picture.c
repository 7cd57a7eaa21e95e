/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_picture.c
 * @brief Notes what viewers report about the pictures of cameras.
 * Layer: httpd.
 */
#include "video/mod_picture.h"

#include "quality/mod_part.h"
#include "video/mod_diagnosis.h"
#include "video/mod_part.h"
#include "video/picture.h"

static server_rec *server;

static void note(const cctv_view_t *view, const cctv_quality_step_t *step)
{
    cctv_failures_t *failures = &cctv_video_memory()->failures;
    cctv_time_t now = cctv_now();
    int32_t key = cctv_failures_key(view->camera, view->is_second);
    cctv_failed_t before = cctv_failures_find(failures, key, now);
    cctv_failure_t why;

    switch (cctv_picture_judge(step, (now - view->started) / 1000, &before,
                               &why)) {
    case CCTV_PICTURE_GOOD:
        if (before.ago >= CCTV_PICTURE_STAYS) {
            cctv_failures_clear_picture(failures, key);
        }
        break;
    case CCTV_PICTURE_FAILS:
        cctv_diagnosis_note_for(
            server, cctv_mountpoint_id(view->camera, view->is_second), why,
            " (as a viewer reports)");
        break;
    case CCTV_PICTURE_UNKNOWN:
        break;
    }
}

void cctv_picture_child_init(server_rec *s)
{
    server = s;
    cctv_quality_set_hook(note);
}
