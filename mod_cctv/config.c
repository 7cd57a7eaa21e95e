/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file config.c
 * @brief The directives: their parsing, merging, defaults and checks.
 * Layer: httpd.
 */
#include "config.h"

#include "cameras/handler.h"
#include "geoip/lookup.h"
#include "log.h"

#include "ap_mpm.h"
#include "apr_dbd.h"
#include "apr_lib.h"
#include "apr_optional.h"
#include "apr_shm.h"
#include "apr_strings.h"
#include "http_core.h"
#include "mod_dbd.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FEATURES_DEFAULT 10000
#define MAX_FEATURES_MAX     100000

/* µs */
#define QUERY_TIMEOUT_DEFAULT 2000000
#define QUERY_TIMEOUT_MIN     100000
#define QUERY_TIMEOUT_MAX     60000000

/* mod_dbd's own. */
#define DBD_MAX_DEFAULT 10

static int dbd_max = DBD_MAX_DEFAULT;

void *cctv_config_create_server(apr_pool_t *p, server_rec *s)
{
    cctv_server_config_t *conf = apr_pcalloc(p, sizeof *conf);

    (void)s;
    conf->query_timeout = CCTV_UNSET;
    return conf;
}

void *cctv_config_merge_server(apr_pool_t *p, void *base_, void *add_)
{
    const cctv_server_config_t *base = base_;
    const cctv_server_config_t *add = add_;
    cctv_server_config_t *conf = apr_pcalloc(p, sizeof *conf);

    conf->query_timeout = add->query_timeout != CCTV_UNSET
                              ? add->query_timeout
                              : base->query_timeout;
    conf->geoip = base->geoip;
    return conf;
}

void *cctv_config_create_dir(apr_pool_t *p, char *dir)
{
    cctv_dir_config_t *conf = apr_pcalloc(p, sizeof *conf);

    (void)dir;
    conf->max_features = CCTV_UNSET;
    return conf;
}

void *cctv_config_merge_dir(apr_pool_t *p, void *base_, void *add_)
{
    const cctv_dir_config_t *base = base_;
    const cctv_dir_config_t *add = add_;
    cctv_dir_config_t *conf = apr_pcalloc(p, sizeof *conf);

    conf->max_features = add->max_features != CCTV_UNSET ? add->max_features
                                                         : base->max_features;
    conf->roles = add->roles != NULL ? add->roles : base->roles;
    return conf;
}

const cctv_dir_config_t *cctv_config_dir(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &cctv_module);
}

int cctv_config_max_features(const request_rec *r)
{
    int max = cctv_config_dir(r)->max_features;

    return max == CCTV_UNSET ? MAX_FEATURES_DEFAULT : max;
}

cctv_server_config_t *cctv_config_server(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &cctv_module);
}

int64_t cctv_config_query_timeout(const server_rec *s)
{
    int64_t timeout = cctv_config_server(s)->query_timeout;

    return timeout == CCTV_UNSET ? QUERY_TIMEOUT_DEFAULT : timeout;
}

cctv_breaker_t *cctv_config_breaker(const server_rec *s)
{
    return cctv_config_server(s)->breaker;
}

int cctv_config_dbd_max(void)
{
    return dbd_max;
}

static const char *set_max_features(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_dir_config_t *conf = dir;
    char *end;
    apr_int64_t value = apr_strtoi64(arg, &end, 10);

    if (!apr_isdigit(*arg) || *end != '\0' || value < 1
        || value > MAX_FEATURES_MAX) {
        return apr_psprintf(cmd->pool,
                            "CCTVMaxFeatures \"%s\": has to be a whole "
                            "number of cameras from 1 to %d",
                            arg, MAX_FEATURES_MAX);
    }
    conf->max_features = (int)value;
    return NULL;
}

/* ap_timeout_parameter_parse() does not look behind the unit: "2sx". */
static bool is_time(const char *text)
{
    size_t len = strspn(text, "0123456789");
    const char *unit = text + len;

    return len > 0
           && (*unit == '\0' || strcmp(unit, "s") == 0
               || strcmp(unit, "ms") == 0 || strcmp(unit, "min") == 0);
}

static const char *set_query_timeout(cmd_parms *cmd, void *dir,
                                     const char *arg)
{
    apr_interval_time_t value;

    (void)dir;
    if (!is_time(arg)
        || ap_timeout_parameter_parse(arg, &value, "s") != APR_SUCCESS
        || value < QUERY_TIMEOUT_MIN || value > QUERY_TIMEOUT_MAX) {
        return apr_psprintf(cmd->pool,
                            "CCTVQueryTimeout \"%s\": has to be a time from "
                            "100ms to 60s, such as 2s or 500ms",
                            arg);
    }
    cctv_config_server(cmd->server)->query_timeout = value;
    return NULL;
}

static const char *set_roles(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_dir_config_t *conf = dir;
    const char *error;

    conf->roles = ap_expr_parse_cmd(
        cmd, arg, AP_EXPR_FLAG_STRING_RESULT | AP_EXPR_FLAG_DONT_VARY, &error,
        NULL);
    if (error != NULL) {
        return apr_psprintf(cmd->pool,
                            "CCTVRoles \"%s\": has to be an expression that "
                            "yields names of roles: %s",
                            arg, error);
    }
    return NULL;
}

const command_rec cctv_directives[] = {
    AP_INIT_TAKE1("CCTVGeoIPDatabase", cctv_geoip_set_database, NULL,
                  RSRC_CONF,
                  "the MaxMind DB file that has the country of an address"),
    AP_INIT_TAKE1("CCTVMaxFeatures", set_max_features, NULL,
                  RSRC_CONF | ACCESS_CONF,
                  "the most cameras of one answer (1 to 100000; default "
                  "10000)"),
    AP_INIT_TAKE1("CCTVQueryTimeout", set_query_timeout, NULL, RSRC_CONF,
                  "how long the database may take to answer a request (100ms "
                  "to 60s; default 2s)"),
    AP_INIT_TAKE1("CCTVRoles", set_roles, NULL, RSRC_CONF | ACCESS_CONF,
                  "an expression that yields the roles whose cameras the "
                  "requester may see, with commas between them (default: "
                  "all)"),
    { .name = NULL }
};

/* What the check reads from the directives of a server or virtual host. */
typedef struct {
    const char *handler; /* the last of ours */
    const char *unknown; /* the last that only looks like ours */
    const char *driver;
    int dbd_max; /* 0: not set */
    /* Of (const ap_directive_t *): the virtual hosts in it. */
    apr_array_header_t *hosts;
} found_t;

static void look_at(apr_pool_t *ptemp, const ap_directive_t *directive,
                    found_t *found)
{
    const char *args = directive->args;
    const char *word = ap_getword_conf(ptemp, &args);

    if (strcasecmp(directive->directive, "SetHandler") == 0
        || strcasecmp(directive->directive, "AddHandler") == 0) {
        if (strcmp(word, CCTV_CAMERAS_HANDLER) == 0) {
            found->handler = word;
        }
        else if (strncasecmp(word, "cctv-", 5) == 0) {
            found->unknown = word;
        }
    }
    else if (strcasecmp(directive->directive, "DBDriver") == 0) {
        found->driver = word;
    }
    else if (strcasecmp(directive->directive, "DBDMax") == 0) {
        found->dbd_max = atoi(word);
    }
}

static void walk(apr_pool_t *ptemp, const ap_directive_t *directive,
                 found_t *found)
{
    for (; directive != NULL; directive = directive->next) {
        if (strcasecmp(directive->directive, "<VirtualHost") == 0) {
            APR_ARRAY_PUSH(found->hosts, const ap_directive_t *) = directive;
        }
        else {
            look_at(ptemp, directive, found);
            walk(ptemp, directive->first_child, found);
        }
    }
}

/* Whether what a server or virtual host asks for can work. */
static bool is_right(server_rec *s, const found_t *found)
{
    if (found->unknown != NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0004",
                   "SetHandler %s: mod_cctv has no such handler; it has "
                   "cctv-cameras",
                   found->unknown);
        return false;
    }
    if (found->handler == NULL) {
        return true;
    }
    if (APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open) == NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0001",
                   "SetHandler %s needs mod_dbd: load it (a2enmod dbd)",
                   found->handler);
        return false;
    }
    if (found->driver == NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0002",
                   "SetHandler %s needs a database: set DBDriver pgsql and "
                   "DBDParams",
                   found->handler);
        return false;
    }
    if (strcmp(found->driver, "pgsql") != 0) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0003",
                   "DBDriver %s: mod_cctv reads its cameras from PostGIS and "
                   "needs DBDriver pgsql",
                   found->driver);
        return false;
    }
    return true;
}

static void note_dbd_max(const found_t *found)
{
    if (found->dbd_max > 0 && (dbd_max == 0 || found->dbd_max < dbd_max)) {
        dbd_max = found->dbd_max;
    }
}

int cctv_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *s)
{
    found_t server = { .hosts = apr_array_make(
                           ptemp, 4, sizeof(const ap_directive_t *)) };
    bool right = true;
    int i;

    (void)pconf;
    (void)plog;
    dbd_max = 0;
    walk(ptemp, ap_conftree, &server);
    note_dbd_max(&server);
    for (i = 0; i < server.hosts->nelts; i++) {
        found_t host = { .driver = server.driver, .hosts = server.hosts };

        walk(ptemp,
             APR_ARRAY_IDX(server.hosts, i, const ap_directive_t *)
                 ->first_child,
             &host);
        note_dbd_max(&host);
        right = is_right(s, &host) && right;
        if (server.driver == NULL && host.driver != NULL) {
            /* The handler may stand outside for virtual hosts that each
             * have a database. */
            server.handler = NULL;
        }
    }
    right = is_right(s, &server) && right;
    if (dbd_max == 0) {
        dbd_max = DBD_MAX_DEFAULT;
    }
    return right ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

int cctv_config_share(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *s)
{
    /* A cache line for each, so that they do not disturb one another. */
    enum {
        SLOT = 64
    };
    _Static_assert(sizeof(cctv_breaker_t) <= SLOT, "a breaker is too large");
    apr_shm_t *shm;
    apr_status_t rv;
    apr_size_t size = 0;
    server_rec *each;
    char *slot;

    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    for (each = s; each != NULL; each = each->next) {
        size += SLOT;
    }
    rv = apr_shm_create(&shm, size, NULL, pconf);
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0005",
                   "cannot allocate %" APR_SIZE_T_FMT
                   " bytes of shared memory",
                   size);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    slot = apr_shm_baseaddr_get(shm);
    memset(slot, 0, size);
    for (each = s; each != NULL; each = each->next, slot += SLOT) {
        /* Virtual hosts without a directive of ours share one config. */
        cctv_server_config_t *own = apr_pmemdup(
            pconf, cctv_config_server(each), sizeof *own);

        own->breaker = (cctv_breaker_t *)(void *)slot;
        ap_set_module_config(each->module_config, &cctv_module, own);
    }
    return OK;
}
