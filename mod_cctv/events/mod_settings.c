/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives of the event logs.
 * Layer: httpd.
 */
#include "events/mod_settings.h"

#include "core/mod_log.h"
#include "events/memory.h"
#include "secret/file.h"

#include "apr_strings.h"

#include <string.h>
#include <strings.h>

static bool is_listed(const apr_array_header_t *logs, const char *log)
{
    int i;

    for (i = 0; i < logs->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(logs, i, const char *), log) == 0) {
            return true;
        }
    }
    return false;
}

/* Why the file of a log cannot be opened, as far as that is known before it is;
 * NULL: nothing is known. */
static const char *fault_of_file(apr_pool_t *pool, const char *path)
{
    const char *folder = ap_make_dirstr_parent(pool, path);
    apr_finfo_t info;

    if (apr_stat(&info, path, APR_FINFO_TYPE, pool) == APR_SUCCESS
        && info.filetype == APR_DIR) {
        return "is a folder: name a file in it";
    }
    if (APR_STATUS_IS_ENOENT(apr_stat(&info, folder, APR_FINFO_TYPE, pool))) {
        return apr_psprintf(pool,
                            "there is no folder %s: make it, or correct "
                            "the path",
                            folder);
    }
    return NULL;
}

static const char *add_log(cmd_parms *cmd, const char *arg, void *value)
{
    apr_array_header_t **logs = value;
    const char *log = arg[0] == '|' ? arg
                                    : ap_server_root_relative(cmd->pool, arg);
    const char *fault = NULL;

    if (*logs == NULL) {
        *logs = apr_array_make(cmd->pool, 2, sizeof log);
    }
    if (arg[0] == '\0' || log == NULL || strcmp(arg, "|") == 0) {
        return apr_psprintf(cmd->pool,
                            "CCTVEventLog \"%s\": has to be the path of a "
                            "file, or \"|\" and a program",
                            arg);
    }
    if (strcasecmp(arg, "off") == 0 || strcasecmp(arg, "none") == 0) {
        fault = "leave the directive out, to have no log";
    }
    else if (log[0] != '|') {
        fault = fault_of_file(cmd->temp_pool, log);
    }
    if (fault != NULL) {
        return apr_psprintf(cmd->pool, "CCTVEventLog \"%s\": %s", arg, fault);
    }
    if (is_listed(*logs, log)) {
        return apr_psprintf(cmd->pool, "CCTVEventLog \"%s\" stands twice",
                            arg);
    }
    if ((*logs)->nelts == CCTV_LOGS_MAX) {
        return apr_psprintf(cmd->pool, "CCTVEventLog may stand %d times",
                            CCTV_LOGS_MAX);
    }
    APR_ARRAY_PUSH(*logs, const char *) = log;
    return NULL;
}

static const char *set_client(cmd_parms *cmd, const char *arg, void *value)
{
    const char **client = value;

    *client = NULL;
    if (strcasecmp(arg, "hash") == 0) {
        *client = "hash";
    }
    else if (strcasecmp(arg, "address") == 0) {
        *client = "address";
    }
    else if (strcasecmp(arg, "off") != 0) {
        return apr_psprintf(cmd->pool,
                            "CCTVEventClient \"%s\": has to be hash, address "
                            "or off",
                            arg);
    }
    return NULL;
}

static const char *set_chain_key(cmd_parms *cmd, const char *path, void *value)
{
    const char *full = ap_server_root_relative(cmd->pool, path);
    const char **key = value;
    const char *error = "it has to be the path of a file";

    *key = full == NULL ? NULL : cctv_secret_read(cmd->pool, full, &error);
    return *key != NULL
               ? NULL
               : apr_psprintf(cmd->pool, "CCTVEventKeyFile: %s", error);
}

bool cctv_events_check(server_rec *s)
{
    const cctv_events_settings_t *settings = cctv_events_settings(s);

    if (settings->is_chained == 1 && settings->chain_key == NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0197",
                   "CCTVEventChain on needs CCTVEventKeyFile: make the file "
                   "with \"openssl rand -hex 32\"");
        return false;
    }
    return true;
}

CCTV_SERVER_SETTINGS_DEFINE(events, CCTV_EVENTS_SETTINGS)
