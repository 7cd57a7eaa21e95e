/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file config.c
 * @brief The directives: their parsing, merging and defaults.
 * Layer: httpd.
 */
#include "config.h"

#include "geoip/lookup.h"
#include "http/origin.h"
#include "log.h"

#include "apr_lib.h"
#include "apr_strings.h"
#include "http_core.h"

#include <stddef.h>
#include <string.h>

#define MAX_FEATURES_DEFAULT 10000
#define MAX_FEATURES_MAX     100000

/* µs */
#define QUERY_TIMEOUT_DEFAULT 2000000
#define QUERY_TIMEOUT_MIN     100000
#define QUERY_TIMEOUT_MAX     60000000

#define MAX_SESSIONS_DEFAULT 16384
#define MAX_SESSIONS_MAX     1000000

#define MAX_SERIES_DEFAULT 262144
#define MAX_SERIES_MIN     16
#define MAX_SERIES_MAX     10000000

/* µs */
#define SESSION_TIMEOUT_DEFAULT 30000000
#define SESSION_TIMEOUT_MIN     3000000
#define SESSION_TIMEOUT_MAX     3600000000
#define STATE_INTERVAL_DEFAULT  15000000
#define STATE_INTERVAL_MIN      1000000
#define STATE_INTERVAL_MAX      3600000000

#define JANUS_IDLE_DEFAULT 60000000
#define JANUS_IDLE_MIN     1000000
#define JANUS_IDLE_MAX     86400000000
#define JANUS_COLD_DEFAULT 8000000
#define JANUS_COLD_MIN     1000000
#define JANUS_COLD_MAX     30000000

/* A login of a WHEP view holds from a second to a week: µs. */
#define WHEP_AGE_MIN     1000000
#define WHEP_AGE_MAX     INT64_C(604800000000)
#define WHEP_AGE_DEFAULT INT64_C(43200000000)

/* Days. */
#define SERIES_IDLE_DEFAULT 30
#define SERIES_IDLE_MAX     3650

void *cctv_config_create_server(apr_pool_t *p, server_rec *s)
{
    cctv_server_config_t *conf = apr_pcalloc(p, sizeof *conf);

    (void)s;
    conf->query_timeout = CCTV_UNSET;
    conf->session_timeout = CCTV_UNSET;
    conf->max_per_client = CCTV_UNSET;
    conf->max_sessions = CCTV_UNSET;
    conf->max_series = CCTV_UNSET;
    conf->state_interval = CCTV_UNSET;
    conf->series_idle = CCTV_UNSET;
    cctv_video_settings_init(&conf->video);
    return conf;
}

void *cctv_config_merge_server(apr_pool_t *p, void *base_, void *add_)
{
    const cctv_server_config_t *base = base_;
    const cctv_server_config_t *add = add_;
    /* What is of the whole server stands in the main one alone. */
    cctv_server_config_t *conf = apr_pmemdup(p, add, sizeof *add);

    if (conf->query_timeout == CCTV_UNSET) {
        conf->query_timeout = base->query_timeout;
    }
    if (conf->session_timeout == CCTV_UNSET) {
        conf->session_timeout = base->session_timeout;
    }
    if (conf->max_per_client == CCTV_UNSET) {
        conf->max_per_client = base->max_per_client;
    }
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
    conf->origins = add->origins != NULL ? add->origins : base->origins;
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

static int64_t or_default(int64_t value, int64_t default_)
{
    return value == CCTV_UNSET ? default_ : value;
}

int64_t cctv_config_session_timeout(const server_rec *s)
{
    return or_default(cctv_config_server(s)->session_timeout,
                      SESSION_TIMEOUT_DEFAULT);
}

uint32_t cctv_config_max_per_client(const server_rec *s)
{
    return (uint32_t)or_default(cctv_config_server(s)->max_per_client, 0);
}

cctv_tables_config_t cctv_config_tables(const server_rec *main_server)
{
    const cctv_server_config_t *conf = cctv_config_server(main_server);

    return (cctv_tables_config_t){
        .max_sessions = (uint32_t)or_default(conf->max_sessions,
                                             MAX_SESSIONS_DEFAULT),
        .max_series = (uint32_t)or_default(conf->max_series,
                                           MAX_SERIES_DEFAULT),
        .state_file = conf->state_file,
        .state_interval = or_default(conf->state_interval,
                                     STATE_INTERVAL_DEFAULT),
        .series_idle = (uint16_t)or_default(conf->series_idle,
                                            SERIES_IDLE_DEFAULT),
    };
}

cctv_video_settings_t cctv_config_video(const server_rec *main_server)
{
    cctv_video_settings_t video = cctv_config_server(main_server)->video;

    video.idle_timeout = or_default(video.idle_timeout, JANUS_IDLE_DEFAULT);
    video.cold_timeout = or_default(video.cold_timeout, JANUS_COLD_DEFAULT);
    video.whep_max_age = or_default(video.whep_max_age, WHEP_AGE_DEFAULT);
    video.max_viewers = (int)or_default(video.max_viewers, 0);
    video.max_per_camera = (int)or_default(video.max_per_camera, 0);
    return video;
}

/* A directive that takes a whole number: what set_number() needs to know.
 * Not const, since httpd hands it on as a void *. */
typedef struct {
    const char *what;
    int min, max;
    size_t at; /* of an int in cctv_server_config_t */
    bool is_global;
    bool may_be_off; /* which is 0 */
} number_t;

static number_t max_sessions = { "sessions",
                                 1,
                                 MAX_SESSIONS_MAX,
                                 offsetof(cctv_server_config_t, max_sessions),
                                 true,
                                 false };
static number_t max_series = {
    "series",       MAX_SERIES_MIN,
    MAX_SERIES_MAX, offsetof(cctv_server_config_t, max_series),
    true,           false
};
static number_t max_per_client = { "sessions",
                                   1,
                                   MAX_SESSIONS_MAX,
                                   offsetof(cctv_server_config_t,
                                            max_per_client),
                                   false,
                                   true };
static number_t series_idle = {
    "days", 1,   SERIES_IDLE_MAX, offsetof(cctv_server_config_t, series_idle),
    true,   true
};

static number_t max_viewers = { "viewers",
                                1,
                                MAX_SESSIONS_MAX,
                                offsetof(cctv_server_config_t,
                                         video.max_viewers),
                                true,
                                true };
static number_t max_per_camera = { "viewers",
                                   1,
                                   MAX_SESSIONS_MAX,
                                   offsetof(cctv_server_config_t,
                                            video.max_per_camera),
                                   true,
                                   true };

static const char *take_number(cmd_parms *cmd, const char *arg,
                               const number_t *number, int *value)
{
    char *end;
    apr_int64_t parsed = apr_strtoi64(arg, &end, 10);

    if (number->may_be_off && strcasecmp(arg, "off") == 0) {
        *value = 0;
        return NULL;
    }
    if (!apr_isdigit(*arg) || *end != '\0' || parsed < number->min
        || parsed > number->max) {
        return apr_psprintf(cmd->pool,
                            "%s \"%s\": has to be %sa whole number of %s "
                            "from %d to %d",
                            cmd->cmd->name, arg,
                            number->may_be_off ? "off or " : "", number->what,
                            number->min, number->max);
    }
    *value = (int)parsed;
    return NULL;
}

static const char *set_number(cmd_parms *cmd, void *dir, const char *arg)
{
    const number_t *number = cmd->info;
    char *conf = (char *)cctv_config_server(cmd->server);
    const char *error = number->is_global
                            ? ap_check_cmd_context(cmd, GLOBAL_ONLY)
                            : NULL;

    (void)dir;
    return error != NULL ? error
                         : take_number(cmd, arg, number,
                                       (int *)(void *)(conf + number->at));
}

static const char *set_max_features(cmd_parms *cmd, void *dir, const char *arg)
{
    static const number_t number = { .what = "cameras",
                                     .min = 1,
                                     .max = MAX_FEATURES_MAX };
    cctv_dir_config_t *conf = dir;

    return take_number(cmd, arg, &number, &conf->max_features);
}

static const char *set_state_file(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_server_config_t *conf = cctv_config_server(cmd->server);
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (error != NULL) {
        return error;
    }
    if (strcasecmp(arg, "off") == 0) {
        conf->state_file = NULL;
        return NULL;
    }
    conf->state_file = ap_server_root_relative(cmd->pool, arg);
    if (arg[0] == '\0' || conf->state_file == NULL) {
        return apr_psprintf(cmd->pool,
                            "CCTVStateFile \"%s\": has to be off or the path "
                            "of a file in a folder that Apache's User may "
                            "write to",
                            arg);
    }
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

/* A time within its range, µs; `range` says both in words. */
static const char *take_time(cmd_parms *cmd, const char *arg, int64_t min,
                             int64_t max, const char *range, int64_t *value)
{
    apr_interval_time_t parsed;

    if (!is_time(arg)
        || ap_timeout_parameter_parse(arg, &parsed, "s") != APR_SUCCESS
        || parsed < min || parsed > max) {
        return apr_psprintf(cmd->pool, "%s \"%s\": has to be a time from %s",
                            cmd->cmd->name, arg, range);
    }
    *value = parsed;
    return NULL;
}

static const char *set_query_timeout(cmd_parms *cmd, void *dir,
                                     const char *arg)
{
    (void)dir;
    return take_time(cmd, arg, QUERY_TIMEOUT_MIN, QUERY_TIMEOUT_MAX,
                     "100ms to 60s, such as 2s or 500ms",
                     &cctv_config_server(cmd->server)->query_timeout);
}

static const char *set_session_timeout(cmd_parms *cmd, void *dir,
                                       const char *arg)
{
    (void)dir;
    return take_time(cmd, arg, SESSION_TIMEOUT_MIN, SESSION_TIMEOUT_MAX,
                     "3s to 60min, such as 30s",
                     &cctv_config_server(cmd->server)->session_timeout);
}

static const char *set_state_interval(cmd_parms *cmd, void *dir,
                                      const char *arg)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    return error != NULL
               ? error
               : take_time(cmd, arg, STATE_INTERVAL_MIN, STATE_INTERVAL_MAX,
                           "1s to 60min, such as 15s",
                           &cctv_config_server(cmd->server)->state_interval);
}

static const char *set_janus_idle(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_server_config_t *conf = cctv_config_server(cmd->server);
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    return error != NULL ? error
                         : take_time(cmd, arg, JANUS_IDLE_MIN, JANUS_IDLE_MAX,
                                     "1s to 1440min, such as 60s",
                                     &conf->video.idle_timeout);
}

static const char *set_janus_cold(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_server_config_t *conf = cctv_config_server(cmd->server);
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    return error != NULL
               ? error
               : take_time(cmd, arg, JANUS_COLD_MIN, JANUS_COLD_MAX,
                           "1s to 30s, such as 8s", &conf->video.cold_timeout);
}

static const char *set_whep_max_age(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_server_config_t *conf = cctv_config_server(cmd->server);
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (error == NULL && strcasecmp(arg, "off") == 0) {
        conf->video.whep_max_age = 0;
        return NULL;
    }
    return error != NULL ? error
                         : take_time(cmd, arg, WHEP_AGE_MIN, WHEP_AGE_MAX,
                                     "off, or 1s to 10080min, such as "
                                     "720min",
                                     &conf->video.whep_max_age);
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

/* One of the directive's arguments. */
static const char *add_origin(cmd_parms *cmd, void *dir, const char *arg)
{
    cctv_dir_config_t *conf = dir;
    bool is_none = strcasecmp(arg, "none") == 0;
    cctv_origin_t origin;

    if (strcmp(arg, "*") == 0) {
        return "CCTVAllowOrigin \"*\": has to name each origin, since the "
               "pages of an allowed one act with the visitor's credentials "
               "and may POST: a page of any site could";
    }
    if (!is_none && !cctv_origin_parse(arg, &origin)) {
        return apr_psprintf(cmd->pool,
                            "CCTVAllowOrigin \"%s\": has to be an origin "
                            "such as https://maps.example.org or "
                            "http://localhost:5173, without a path or a "
                            "slash at its end; or none",
                            arg);
    }
    if (conf->origins == NULL) {
        conf->origins = apr_array_make(cmd->pool, 2, sizeof origin);
    }
    else if (is_none || conf->origins->nelts == 0) {
        return "CCTVAllowOrigin \"none\": has to stand alone in its section";
    }
    if (!is_none) {
        APR_ARRAY_PUSH(conf->origins, cctv_origin_t) = origin;
    }
    return NULL;
}

const command_rec cctv_directives[] = {
    AP_INIT_ITERATE("CCTVAllowOrigin", add_origin, NULL,
                    RSRC_CONF | ACCESS_CONF,
                    "the origins of other sites whose pages may read the "
                    "answers and POST (default: none)"),
    AP_INIT_TAKE1("CCTVCameraLoginsFile", cctv_video_set_logins, NULL,
                  RSRC_CONF,
                  "the file with the users and passwords of cameras (default: "
                  "none)"),
    AP_INIT_TAKE1("CCTVGeoIPDatabase", cctv_geoip_set_database, NULL,
                  RSRC_CONF,
                  "the MaxMind DB file that has the country of an address"),
    AP_INIT_TAKE1("CCTVJanusAdminURL", cctv_video_set_admin_url, NULL,
                  RSRC_CONF,
                  "where Janus's admin API is (default: none, and no WHEP)"),
    AP_INIT_TAKE1("CCTVJanusColdTimeout", set_janus_cold, NULL, RSRC_CONF,
                  "how long a camera may take to answer Janus (1s to 30s; "
                  "default 8s)"),
    AP_INIT_TAKE1("CCTVJanusIdleTimeout", set_janus_idle, NULL, RSRC_CONF,
                  "after how long without a viewer Janus leaves a camera (1s "
                  "to 1440min; default 60s)"),
    AP_INIT_FLAG("CCTVJanusProxy", cctv_video_set_proxy, NULL, RSRC_CONF,
                 "whether viewers may ask for tokens to talk to Janus "
                 "themselves (default off)"),
    AP_INIT_TAKE1("CCTVJanusSecretFile", cctv_video_set_secret, NULL,
                  RSRC_CONF, "the file with the secret shared with Janus"),
    AP_INIT_TAKE1("CCTVJanusURL", cctv_video_set_url, NULL, RSRC_CONF,
                  "where Janus is (default: none, and no video)"),
    AP_INIT_TAKE1("CCTVMaxFeatures", set_max_features, NULL,
                  RSRC_CONF | ACCESS_CONF,
                  "the most cameras of one answer (1 to 100000; default "
                  "10000)"),
    AP_INIT_TAKE1("CCTVMaxSeries", set_number, &max_series, RSRC_CONF,
                  "the most label sets that are counted (16 to 10000000; "
                  "default 262144)"),
    AP_INIT_TAKE1("CCTVMaxSessions", set_number, &max_sessions, RSRC_CONF,
                  "the most views at a time (1 to 1000000; default 16384)"),
    AP_INIT_TAKE1("CCTVMaxSessionsPerClient", set_number, &max_per_client,
                  RSRC_CONF,
                  "the most views of a client at a time (1 to 1000000; "
                  "default off)"),
    AP_INIT_TAKE1("CCTVMaxViewers", set_number, &max_viewers, RSRC_CONF,
                  "the most viewers of video at a time (1 to 1000000; default "
                  "off)"),
    AP_INIT_TAKE1("CCTVMaxViewersPerCamera", set_number, &max_per_camera,
                  RSRC_CONF,
                  "the most viewers of a camera at a time (1 to 1000000; "
                  "default off)"),
    AP_INIT_TAKE1("CCTVQueryTimeout", set_query_timeout, NULL, RSRC_CONF,
                  "how long the database may take to answer a request (100ms "
                  "to 60s; default 2s)"),
    AP_INIT_TAKE1("CCTVRoles", set_roles, NULL, RSRC_CONF | ACCESS_CONF,
                  "an expression that yields the roles whose cameras the "
                  "requester may see, with commas between them (default: "
                  "all)"),
    AP_INIT_TAKE1("CCTVSeriesIdle", set_number, &series_idle, RSRC_CONF,
                  "after how many days without use a label set is dropped at "
                  "a restart (1 to 3650, or off; default 30)"),
    AP_INIT_TAKE1("CCTVSessionTimeout", set_session_timeout, NULL, RSRC_CONF,
                  "how long a view goes on without a heartbeat (3s to 60min; "
                  "default 30s)"),
    AP_INIT_TAKE1("CCTVStateFile", set_state_file, NULL, RSRC_CONF,
                  "where views and counters are kept over a restart (default "
                  "off)"),
    AP_INIT_TAKE1("CCTVStateInterval", set_state_interval, NULL, RSRC_CONF,
                  "how often the state file is written (1s to 60min; default "
                  "15s)"),
    AP_INIT_TAKE1("CCTVTurnSecretFile", cctv_video_set_turn_secret, NULL,
                  RSRC_CONF, "the file with the secret shared with coturn"),
    AP_INIT_ITERATE("CCTVTurnServer", cctv_video_add_turn_server, NULL,
                    RSRC_CONF,
                    "the STUN and TURN servers of viewers (default: none)"),
    AP_INIT_TAKE1("CCTVWhepMaxAge", set_whep_max_age, NULL, RSRC_CONF,
                  "how long a WHEP view of a user who logged in goes on, or "
                  "off (1s to 10080min; default 720min)"),
    { .name = NULL }
};
