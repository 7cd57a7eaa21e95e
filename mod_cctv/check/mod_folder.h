/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_folder.h
 * @brief Checks the folder of the state file.
 * Layer: httpd.
 */
#ifndef CCTV_CHECK_MOD_FOLDER_H
#define CCTV_CHECK_MOD_FOLDER_H

#include "httpd.h"

#include <stdbool.h>

/**
 * Check that nobody else can put a file into the folder of CCTVStateFile: the
 * state holds the ids of views, and Apache trusts it. A folder that does not
 * exist yet is right.
 *
 * @param file  CCTVStateFile, absolute; NULL: off
 * @return false: what is wrong has been logged
 */
bool cctv_check_folder(apr_pool_t *ptemp, server_rec *s, const char *file);

#endif
