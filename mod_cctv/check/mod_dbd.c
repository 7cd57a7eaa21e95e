/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_dbd.c
 * @brief Checks the directives of mod_dbd of a server or virtual host.
 * Layer: httpd.
 */
#include "check/mod_dbd.h"

#include "core/mod_log.h"
#include "memory/mod_as_user.h"

#include "apr_strings.h"
#include "unixd.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* mod_dbd's own defaults. */
#define MIN_DEFAULT  1
#define KEEP_DEFAULT 2
#define MAX_DEFAULT  10

/* ---- The size of the pool ---- */

static bool is_size_right(server_rec *s, const cctv_check_dbd_t *dbd)
{
    int min = dbd->min == NULL ? MIN_DEFAULT : atoi(dbd->min);
    int keep = dbd->keep == NULL ? KEEP_DEFAULT : atoi(dbd->keep);
    int max = dbd->max == NULL ? MAX_DEFAULT : atoi(dbd->max);

    /* Without persistent connections there is no pool. */
    if ((max > 0 && min >= 0 && min <= keep && keep <= max)
        || (dbd->persist != NULL && strcasecmp(dbd->persist, "off") == 0)) {
        return true;
    }
    CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0180",
               "DBDMin %d%s, DBDKeep %d%s, DBDMax %d%s: mod_dbd makes no "
               "connection unless DBDMin <= DBDKeep <= DBDMax; write DBDMin "
               "%d, DBDKeep %d, DBDMax %d",
               min, dbd->min == NULL ? " (default)" : "", keep,
               dbd->keep == NULL ? " (default)" : "", max,
               dbd->max == NULL ? " (default)" : "", min < max ? min : 0,
               max > 0 ? max : MAX_DEFAULT, max > 0 ? max : MAX_DEFAULT);
    return false;
}

/* ---- One database ---- */

static bool is_params_once(server_rec *s, const cctv_check_dbd_t *dbd)
{
    if (dbd->again == NULL) {
        return true;
    }
    CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0181",
               "DBDParams stands twice, at %s:%d and at %s:%d, and mod_dbd "
               "would use the second one for both: put one of them, with "
               "DBDriver, into a <VirtualHost>, or remove it",
               dbd->at->filename, dbd->at->line_num, dbd->again->filename,
               dbd->again->line_num);
    return false;
}

/* ---- The file with the password ---- */

/* For the function that runs as Apache's user. */
static const char *passfile;

static bool can_read(void)
{
    return access(passfile, R_OK) == 0;
}

static const char *passfile_of(apr_pool_t *ptemp, const char *params)
{
    PQconninfoOption *options = PQconninfoParse(params, NULL);
    const PQconninfoOption *option;
    const char *found = NULL;

    for (option = options; option != NULL && option->keyword != NULL;
         option++) {
        if (strcmp(option->keyword, "passfile") == 0 && option->val != NULL
            && option->val[0] != '\0') {
            found = apr_pstrdup(ptemp, option->val);
        }
    }
    PQconninfoFree(options);
    return found;
}

/* What is wrong with the file; NULL: nothing. libpq does not use a file that
 * others may read, and says so on stderr only. */
static const char *passfile_fault(void)
{
    struct stat info;

    if (stat(passfile, &info) != 0) {
        return strerror(errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return "it is no file";
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return "others than its owner may use it";
    }
    return cctv_as_user(can_read) == CCTV_USER_DONE
               ? NULL
               : "Apache's user cannot read it";
}

static bool is_passfile_right(apr_pool_t *ptemp, server_rec *s,
                              const cctv_check_dbd_t *dbd)
{
    const char *user = ap_unixd_config.user_name;
    const char *fault;

    passfile = dbd->params == NULL ? NULL : passfile_of(ptemp, dbd->params);
    fault = passfile == NULL ? NULL : passfile_fault();
    if (fault == NULL) {
        return true;
    }
    CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0182",
               "DBDParams \"... passfile=%s\": PostgreSQL's client will not "
               "use this file: %s; type: chown %s: %s && chmod 600 %s",
               passfile, fault, user == NULL ? "www-data" : user, passfile,
               passfile);
    return false;
}

bool cctv_check_dbd(apr_pool_t *ptemp, server_rec *s,
                    const cctv_check_dbd_t *dbd)
{
    bool right = is_size_right(s, dbd);

    right = is_params_once(s, dbd) && right;
    return is_passfile_right(ptemp, s, dbd) && right;
}
