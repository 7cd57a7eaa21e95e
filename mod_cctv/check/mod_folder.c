/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_folder.c
 * @brief Checks the folder of the state file.
 * Layer: httpd.
 */
#include "check/mod_folder.h"

#include "core/mod_log.h"

#include "apr_strings.h"
#include "unixd.h"

#include <sys/stat.h>

bool cctv_check_folder(apr_pool_t *ptemp, server_rec *s, const char *file)
{
    const char *user = ap_unixd_config.user_name;
    const char *folder;
    struct stat info;

    if (file == NULL) {
        return true;
    }
    folder = ap_make_dirstr_parent(ptemp, file);
    if (stat(folder, &info) != 0
        || (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) {
        return true;
    }
    user = user == NULL ? "www-data" : user;
    CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0183",
               "CCTVStateFile %s: others than Apache's user may write to its "
               "folder (mode %04o), and could invent views and counters; "
               "type: chown %s: %s && chmod 700 %s",
               file, (unsigned)(info.st_mode & 07777), user, folder, folder);
    return false;
}
