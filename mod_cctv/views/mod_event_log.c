/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_event_log.c
 * @brief The interface of the events part.
 * Layer: httpd.
 */
#include "views/mod_event_log.h"

static const cctv_event_log_ops_t *operations;

void cctv_event_log_register(const cctv_event_log_ops_t *ops)
{
    operations = ops;
}

const cctv_event_log_ops_t *cctv_event_log(void)
{
    return operations != NULL && operations->is_on() ? operations : NULL;
}
