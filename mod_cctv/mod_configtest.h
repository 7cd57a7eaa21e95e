/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_configtest.h
 * @brief What is wrong between directives, and what is known from all.
 * Layer: httpd.
 */
#ifndef CCTV_MOD_CONFIGTEST_H
#define CCTV_MOD_CONFIGTEST_H

#include "httpd.h"

/** Hook check_config, which `apachectl configtest` runs too: what is wrong
 *  between directives, not with one of them. */
int cctv_configtest(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                    server_rec *s);

#endif
