/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sample.h
 * @brief The sample of cameras by which the plan of a list is chosen.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_SAMPLE_H
#define CCTV_CAMERAS_MOD_SAMPLE_H

#include "cameras/plan.h"
#include "database/mod_visit.h"

/**
 * Choose the plan for a page of cameras. Once a minute one request draws a new
 * sample first.
 *
 * @param visit  to the database of this virtual host
 * @param plan   written on OK
 * @return OK or an HTTP status, as cctv_database_query()
 */
int cctv_sample_choose(server_rec *s, cctv_visit_t *visit,
                       const cctv_filter_t *filter, cctv_plan_t *plan);

/** Hook child_init. */
void cctv_sample_child_init(apr_pool_t *pchild, server_rec *s);

#endif
