/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_configtest.c
 * @brief Checks directives against each other, and notes what follows from all
 *        of them.
 * Layer: httpd.
 */
#include "mod_configtest.h"

#include "catalogue/mod_places.h"
#include "check/mod_admin.h"
#include "check/mod_dbd.h"
#include "check/mod_defines.h"
#include "check/mod_folder.h"
#include "check/mod_map.h"
#include "config/mod_settings.h"
#include "database/mod_runtime.h"
#include "database/params.h"
#include "events/mod_settings.h"
#include "http/mod_mask.h"
#include "memory/mod_settings.h"
#include "video/mod_settings.h"
#include "viewers/mod_part.h"
#include "views/mod_settings.h"
#include "core/mod_log.h"
#include "mod_routes.h"

#include "apr_dbd.h"
#include "apr_lib.h"
#include "apr_optional.h"
#include "apr_strings.h"
#include "http_core.h"
#include "mod_dbd.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* mod_dbd's own default. */
#define DBD_MAX_DEFAULT 10

/* The directives that decide which virtual hosts share a pool of mod_dbd. */
static const char *const dbd_directives[] = { "DBDriver",  "DBDParams",
                                              "DBDMin",    "DBDKeep",
                                              "DBDMax",    "DBDExptime",
                                              "DBDPersist" };

enum {
    DBD_MIN = 2,
    DBD_KEEP,
    DBD_MAX,
    DBD_PERSIST = 6,
    DBD_COUNT = sizeof dbd_directives / sizeof dbd_directives[0]
};

/* The DBDParams in use. NULL: none; "": several different ones. */
static const char *database;

/* What the check reads from the directives of a server or virtual host. */
typedef struct {
    const char *handler; /* the last handler found that needs a database */
    const char *video;   /* the last handler found that needs CCTVJanusURL */
    /* the last handler found that needs CCTVJanusAdminURL */
    const char *whep;
    const char *unknown; /* the last unknown name that starts with "cctv" */
    const char *driver;
    const char *params;
    const char *dbd[DBD_COUNT]; /* the values of dbd_directives */
    /* Where DBDParams stands, and again with another value. */
    const ap_directive_t *params_at;
    const ap_directive_t *params_again;
    /* The virtual hosts: const ap_directive_t *. */
    apr_array_header_t *hosts;
} found_t;

/* Whether a section may set the handler cctv-whep. An expression may yield any
 * name. */
static bool has_whep;

/* Whether a section sets the handler cctv-admin. */
static bool has_admin;

/* Whether a section sets the handler cctv-ogc. */
static bool has_ogc;

/* Whether a section sets the handler cctv-tiles. */
static bool has_tiles;

/* Whether any section sets a handler of the module. */
static bool has_handler;

/* Whether a section limits which cameras its visitors may see. */
static bool has_roles;

static void look_at_handler(const char *name, found_t *found)
{
    const cctv_route_t *route = cctv_route_find(name);

    has_handler = has_handler || strncasecmp(name, "cctv", 4) == 0
                  || strchr(name, '%') != NULL;
    has_whep = has_whep || strcmp(name, "cctv-whep") == 0
               || strchr(name, '%') != NULL;
    has_ogc = has_ogc || strcmp(name, "cctv-ogc") == 0;
    has_tiles = has_tiles || strcmp(name, "cctv-tiles") == 0;

    if (route == NULL) {
        if (strncasecmp(name, "cctv", 4) == 0) {
            found->unknown = name;
        }
        return;
    }
    if (route->needs & CCTV_NEEDS_DATABASE) {
        found->handler = name;
    }
    if (route->needs & CCTV_NEEDS_JANUS) {
        found->video = name;
    }
    if (route->needs & CCTV_NEEDS_JANUS_ADMIN) {
        found->whep = name;
    }
}

/* Whether messages that do not stop the server are due: httpd reads the
 * configuration twice at a start. */
static bool is_time_to_warn(void)
{
    return ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG
           || ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST;
}

static void look_at(apr_pool_t *ptemp, server_rec *s,
                    const ap_directive_t *directive, found_t *found)
{
    const char *args = directive->args;
    const char *word = ap_getword_conf(ptemp, &args);
    int i;

    if (strcasecmp(directive->directive, "SetHandler") == 0
        || strcasecmp(directive->directive, "AddHandler") == 0) {
        look_at_handler(word, found);
        has_admin = cctv_check_admin(s, directive, word, is_time_to_warn())
                    || has_admin;
    }
    else if (strcasecmp(directive->directive, "CCTVRoles") == 0) {
        has_roles = true;
    }
    else if (strcasecmp(directive->directive, "DBDriver") == 0) {
        found->driver = word;
    }
    else if (strcasecmp(directive->directive, "DBDParams") == 0) {
        if (found->params_at != NULL && strcmp(found->params, word) != 0) {
            found->params_again = directive;
        }
        else {
            found->params_at = directive;
        }
        found->params = word;
    }
    for (i = 0; i < DBD_COUNT; i++) {
        if (strcasecmp(directive->directive, dbd_directives[i]) == 0) {
            found->dbd[i] = word;
        }
    }
}

/* Whether a directive may use the variables of the shipped files. */
static bool is_of_cctv(const ap_directive_t *directive)
{
    return strncasecmp(directive->directive, "CCTV", 4) == 0
           || strncasecmp(directive->directive, "DBD", 3) == 0
           || strncmp(apr_filepath_name_get(directive->filename), "cctv", 4)
                  == 0;
}

static void walk(apr_pool_t *ptemp, server_rec *s,
                 const ap_directive_t *directive, found_t *found)
{
    for (; directive != NULL; directive = directive->next) {
        if (is_time_to_warn() && is_of_cctv(directive)) {
            cctv_check_line(ptemp, s, directive);
        }
        if (strcasecmp(directive->directive, "<VirtualHost") == 0) {
            APR_ARRAY_PUSH(found->hosts, const ap_directive_t *) = directive;
        }
        else {
            look_at(ptemp, s, directive, found);
            walk(ptemp, s, directive->first_child, found);
        }
    }
}

/* Whether the video of a server or virtual host can work. The directives of
 * Janus apply to the whole server. */
static bool is_video_right(server_rec *s, const found_t *found)
{
    const cctv_video_settings_t *settings = cctv_video_settings(s);

    if (found->video != NULL && !cctv_video_settings_have_janus(settings)) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0043",
                   "SetHandler %s needs CCTVJanusURL, or CCTVJanus",
                   found->video);
        return false;
    }
    if (found->whep != NULL && !cctv_video_settings_have_admin(settings)) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0044",
                   "SetHandler %s needs %s: it is how a viewer without "
                   "heartbeats is seen to be gone",
                   found->whep,
                   settings->servers == NULL
                       ? "CCTVJanusAdminURL"
                       : "admin= in each CCTVJanus, such as "
                         "admin=http://10.0.0.5:7088/admin");
        return false;
    }
    return true;
}

/* Whether the directives of video fit together and there is only one database.
 * With several databases two cameras could have the same id, and the id of a
 * camera is the id of its mountpoint in Janus. */
static bool are_settings_right(server_rec *s)
{
    const cctv_video_settings_t *settings = cctv_video_settings(s);
    const char *wrong = cctv_video_settings_check(settings);

    if (wrong == NULL && cctv_video_settings_have_janus(settings)
        && database == NULL) {
        wrong = "CCTVJanusURL needs DBDriver pgsql and the same DBDParams in "
                "all virtual hosts that have one";
    }
    if (wrong == NULL && settings->is_proxied && has_roles) {
        wrong =
            "CCTVJanusProxy on and CCTVRoles do not go together: a browser "
            "that may watch one camera could ask Janus about every camera, "
            "and see each watched one for a moment (docs/security.md); "
            "use server-side signalling or WHEP";
    }
    if (wrong != NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0045", "%s", wrong);
    }
    return wrong == NULL;
}

/* Whether mod_dbd can work with the directives of a server or virtual host
 * whose database is PostgreSQL. */
static bool is_dbd_right(apr_pool_t *ptemp, server_rec *s,
                         const found_t *found)
{
    const cctv_check_dbd_t dbd = { .min = found->dbd[DBD_MIN],
                                   .keep = found->dbd[DBD_KEEP],
                                   .max = found->dbd[DBD_MAX],
                                   .persist = found->dbd[DBD_PERSIST],
                                   .params = found->params,
                                   .at = found->params_at,
                                   .again = found->params_again };

    return found->driver == NULL || strcmp(found->driver, "pgsql") != 0
           || cctv_check_dbd(ptemp, s, &dbd);
}

/* Whether the handlers that a server or virtual host uses can work. */
static bool is_right(server_rec *s, const found_t *found)
{
    if (found->unknown != NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0004",
                   "SetHandler %s: mod_cctv has no such handler; it has%s",
                   found->unknown, cctv_route_list(s->process->pool));
        return false;
    }
    if (!is_video_right(s, found)) {
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
    if (found->params != NULL && cctv_params_fault(found->params) != NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0175", "DBDParams %s",
                   cctv_params_fault(found->params));
        return false;
    }
    return true;
}

/* A text that is the same for all virtual hosts that share a pool of
 * mod_dbd. */
static const char *dbd_key(apr_pool_t *pconf, const found_t *found)
{
    const char *key = "";
    int i;

    for (i = 0; i < DBD_COUNT; i++) {
        key = apr_pstrcat(pconf, key, "\n",
                          found->dbd[i] == NULL ? "" : found->dbd[i], NULL);
    }
    return key;
}

static cctv_dbd_t *note_dbd(apr_pool_t *pconf, const found_t *found)
{
    cctv_dbd_t *dbd = apr_pcalloc(pconf, sizeof *dbd);
    int max = found->dbd[DBD_MAX] == NULL ? 0 : atoi(found->dbd[DBD_MAX]);

    dbd->key = dbd_key(pconf, found);
    dbd->params = found->params == NULL ? NULL
                                        : apr_pstrdup(pconf, found->params);
    dbd->max = max > 0 ? max : DBD_MAX_DEFAULT;
    return dbd;
}

/* Note the database of the server that httpd made from a <VirtualHost>
 * section; with section == NULL, of all servers. */
static void note_database(apr_pool_t *pconf, server_rec *s,
                          const ap_directive_t *section, const found_t *found)
{
    cctv_dbd_t *dbd = note_dbd(pconf, found);
    bool has = found->driver != NULL && strcmp(found->driver, "pgsql") == 0
               && APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open) != NULL;

    for (; s != NULL; s = s->next) {
        if (section == NULL
            || (s->defn_name != NULL
                && s->defn_line_number == (unsigned)section->line_num
                && strcmp(s->defn_name, section->filename) == 0)) {
            cctv_database_set_configured(s, has);
            cctv_database_set_dbd(s, dbd);
        }
    }
    if (has && found->params != NULL) {
        if (database == NULL) {
            database = found->params;
        }
        else if (!cctv_params_are_same(database, found->params)) {
            database = "";
        }
    }
}

static bool check_host(apr_pool_t *pconf, apr_pool_t *ptemp, server_rec *s,
                       const ap_directive_t *section, found_t *server)
{
    found_t host = { .driver = server->driver,
                     .params = server->params,
                     .hosts = server->hosts };

    memcpy(host.dbd, server->dbd, sizeof host.dbd);
    walk(ptemp, s, section->first_child, &host);
    note_database(pconf, s, section, &host);
    if (server->driver == NULL && host.driver != NULL) {
        /* The handler may be set outside of the virtual hosts while each
         * virtual host has its own database. */
        server->handler = NULL;
    }
    return is_dbd_right(ptemp, s, &host) && is_right(s, &host);
}

/* Whether what concerns the server as a whole is right. */
static bool is_server_right(apr_pool_t *ptemp, server_rec *s)
{
    const cctv_check_lacks_t lacks = {
        .video = has_handler
                 && !cctv_video_settings_have_janus(cctv_video_settings(s)),
        .admin = has_handler && !has_admin,
        .ogc = has_handler && !has_ogc,
        .tiles = has_handler && !has_tiles,
    };

    return cctv_check_folder(ptemp, s, cctv_memory_settings(s)->state_file)
           && cctv_check_defines(ptemp, s, &lacks, is_time_to_warn())
           && cctv_check_map(ptemp, s, is_time_to_warn());
}

int cctv_configtest(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                    server_rec *s)
{
    found_t server = { .hosts = apr_array_make(
                           ptemp, 4, sizeof(const ap_directive_t *)) };
    bool right = true;
    int i;

    (void)plog;
    database = NULL;
    has_whep = has_roles = has_handler = has_admin = has_ogc = has_tiles =
        false;
    cctv_settings_finish(pconf, s);
    walk(ptemp, s, ap_conftree, &server);
    note_database(pconf, s, NULL, &server);
    for (i = 0; i < server.hosts->nelts; i++) {
        right = check_host(
                    pconf, ptemp, s,
                    APR_ARRAY_IDX(server.hosts, i, const ap_directive_t *),
                    &server)
                && right;
    }
    right = is_dbd_right(ptemp, s, &server) && is_right(s, &server) && right;
    database = database == NULL || database[0] == '\0'
                   ? NULL
                   : apr_pstrdup(pconf, database);
    cctv_database_set_only_params(database);
    cctv_mask_enable(has_whep);
    cctv_viewers_keep_names(
        has_admin ? (uint32_t)cctv_views_settings(s)->max_sessions : 0);
    right = are_settings_right(s) && right;
    right = is_server_right(ptemp, s) && right;
    right = cctv_catalogue_check(s) && right;
    right = cctv_events_check(s) && right;
    if (!has_handler) {
        CCTV_LOG_S(
            APLOG_NOTICE, 0, s, "CCTV0165",
            "no section sets a handler of mod_cctv, so no site answers: "
            "write \"Include conf-available/cctv-site.conf\" into the "
            "<VirtualHost> of your site");
    }
    return right ? OK : HTTP_INTERNAL_SERVER_ERROR;
}
