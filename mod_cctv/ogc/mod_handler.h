/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers requests of OGC API - Features.
 * Layer: httpd.
 */
#ifndef CCTV_OGC_MOD_HANDLER_H
#define CCTV_OGC_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-ogc. */
int cctv_ogc_handler(request_rec *r);

#endif
