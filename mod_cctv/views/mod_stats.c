/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_stats.c
 * @brief The interface of the quality part, which counts the member "stats" of
 *        heartbeats.
 * Layer: httpd.
 */
#include "views/mod_stats.h"

static const cctv_stats_ops_t *operations;

void cctv_stats_register(const cctv_stats_ops_t *ops)
{
    operations = ops;
}

const cctv_stats_ops_t *cctv_stats(void)
{
    return operations;
}
