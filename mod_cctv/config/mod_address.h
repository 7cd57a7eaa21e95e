/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_address.h
 * @brief Sets a directive whose value is the absolute address of a service.
 * Layer: httpd.
 */
#ifndef CCTV_CONFIG_MOD_ADDRESS_H
#define CCTV_CONFIG_MOD_ADDRESS_H

#include "httpd.h"
#include "http_config.h"

/**
 * Take an address such as https://maps.example.org/ogc; a slash at its end is
 * dropped.
 *
 * @param value  const char **
 * @return as a function of a directive: NULL, or what is wrong
 */
const char *cctv_address_set(cmd_parms *cmd, const char *arg, void *value);

#endif
