/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file listener.h
 * @brief Who wants to know what changes in the catalogues.
 * Layer: pure.
 *
 * The refresher calls these functions in its thread, in the process that runs
 * it. They must not wait.
 */
#ifndef CCTV_CATALOGUE_LISTENER_H
#define CCTV_CATALOGUE_LISTENER_H

#include "catalogue/read.h"

typedef struct {
    /**
     * A new generation was published: now->which says of which catalogue.
     *
     * @param before  NULL: there was none, or it is not known
     * @param ids     the cameras that may differ; NULL: any may
     */
    void (*published)(const cctv_catalogue_t *before,
                      const cctv_catalogue_t *now, const int *ids, int count);
    /** The status of a camera was changed in place. @param before  the old one */
    void (*status)(const cctv_catalogue_t *now, int index,
                   cctv_camera_status_t before);
} cctv_catalogue_listener_t;

/** Set the listener. While configuring, or before children start. */
void cctv_catalogue_listen(const cctv_catalogue_listener_t *listener);

/** Tell the listener, if there is one. */
void cctv_changes_published(const cctv_catalogue_t *before,
                            const cctv_catalogue_t *now, const int *ids,
                            int count);
void cctv_changes_status(const cctv_catalogue_t *now, int index,
                         cctv_camera_status_t before);

#endif
