/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_dbd.h
 * @brief Checks the directives of mod_dbd of a server or virtual host.
 * Layer: httpd.
 */
#ifndef CCTV_CHECK_MOD_DBD_H
#define CCTV_CHECK_MOD_DBD_H

#include "httpd.h"
#include "http_config.h"

#include <stdbool.h>

/** The directives in effect; NULL: not set. */
typedef struct {
    const char *min;
    const char *keep;
    const char *max;
    const char *persist;
    const char *params;
    /** Where DBDParams stands, and where it stands a second time in the same
     *  server or virtual host with another value. */
    const ap_directive_t *at;
    const ap_directive_t *again;
} cctv_check_dbd_t;

/** Log what is wrong. @return whether mod_dbd can work with them */
bool cctv_check_dbd(apr_pool_t *ptemp, server_rec *s,
                    const cctv_check_dbd_t *dbd);

#endif
