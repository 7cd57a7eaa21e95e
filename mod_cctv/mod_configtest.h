/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_configtest.h
 * @brief Checks directives against each other, and notes what follows from all
 *        of them.
 * Layer: httpd.
 */
#ifndef CCTV_MOD_CONFIGTEST_H
#define CCTV_MOD_CONFIGTEST_H

#include "httpd.h"

/**
 * Hook check_config, which also runs for `apachectl configtest`. It reports
 * mistakes between directives; a mistake in a single directive is reported by
 * its setter.
 */
int cctv_configtest(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                    server_rec *s);

#endif
