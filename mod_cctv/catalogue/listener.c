/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file listener.c
 * @brief Who wants to know what changes in the catalogues.
 * Layer: pure.
 */
#include "catalogue/listener.h"

static const cctv_catalogue_listener_t *listener;

void cctv_catalogue_listen(const cctv_catalogue_listener_t *wanted)
{
    listener = wanted;
}

void cctv_changes_published(const cctv_catalogue_t *before,
                            const cctv_catalogue_t *now, const int *ids,
                            int count)
{
    if (listener != NULL) {
        listener->published(before, now, ids, count);
    }
}

void cctv_changes_status(const cctv_catalogue_t *now, int index,
                         cctv_camera_status_t before)
{
    if (listener != NULL) {
        listener->status(now, index, before);
    }
}
