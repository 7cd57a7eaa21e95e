/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_singleton.c
 * @brief Background threads that run in one child of the server
 *        (mod_watchdog).
 * Layer: httpd.
 */
#include "memory/mod_singleton.h"

#include "apr_optional.h"

bool cctv_watchdog_exists(void)
{
    return APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance) != NULL;
}

apr_status_t cctv_watchdog_start(apr_pool_t *pconf, const char *name,
                                 apr_interval_time_t interval,
                                 ap_watchdog_callback_fn_t *callback)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance)
    *get = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback)
    *add = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;
    apr_status_t rv = APR_ENOTIMPL;

    if (get != NULL && add != NULL) {
        rv = get(&watchdog, name, 0, 1, pconf);
    }
    return rv == APR_SUCCESS ? add(watchdog, interval, NULL, callback) : rv;
}
