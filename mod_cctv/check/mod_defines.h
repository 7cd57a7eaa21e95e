/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_defines.h
 * @brief Finds variables of the configuration that are defined below their
 *        use.
 * Layer: httpd.
 *
 * httpd puts the value of ${NAME} in while it reads the line. A Define that
 * comes later has no effect on it, and httpd says nothing.
 */
#ifndef CCTV_CHECK_MOD_DEFINES_H
#define CCTV_CHECK_MOD_DEFINES_H

#include "httpd.h"
#include "http_config.h"

#include <stdbool.h>

/**
 * Warn if a line of the configuration would not be the same with the variables
 * of the whole server, such as CCTV_DB, as they are at the end. Lines that
 * cannot be read again are right.
 */
void cctv_check_line(apr_pool_t *ptemp, server_rec *s,
                     const ap_directive_t *directive);

/** What a module that is in use does not have. */
typedef struct {
    bool video; /**< CCTVJanusURL */
    bool admin; /**< a section with the handler cctv-admin */
    bool ogc;   /**< a section with the handler cctv-ogc */
    bool tiles; /**< a section with the handler cctv-tiles */
} cctv_check_lacks_t;

/**
 * Check the variables that turn something on, as <IfDefine> reads them. What
 * nothing else depends on is only a warning: a site may be without it.
 *
 * @param may_warn  whether messages that do not stop the server are due
 * @return false: what is wrong has been logged
 */
bool cctv_check_defines(apr_pool_t *ptemp, server_rec *s,
                        const cctv_check_lacks_t *lacks, bool may_warn);

#endif
