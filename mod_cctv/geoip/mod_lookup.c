/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lookup.c
 * @brief Looks up the country of a request's client.
 * Layer: httpd.
 */
#include "geoip/mod_lookup.h"

#include "config/mod_runtime.h"
#include "geoip/database.h"
#include "core/mod_log.h"

#include "apr_strings.h"
#include "http_main.h"

/* Set for the main server: the opened database. */
static cctv_runtime_slot_t geoip_slot;

static apr_status_t close_database(void *database)
{
    cctv_geoip_database_close(database);
    return APR_SUCCESS;
}

/* The reason without the text of errno. */
static const char *reason(apr_pool_t *p, const cctv_geoip_failure_t *why)
{
    return why->detail == NULL
               ? why->text
               : apr_pstrcat(p, why->text, ": ", why->detail, NULL);
}

static const char *refusal(apr_pool_t *p, const char *path,
                           const cctv_geoip_failure_t *why)
{
    char text[120];

    return apr_psprintf(
        p, "CCTVGeoIPDatabase \"%s\" cannot be used: %s%s%s", path,
        reason(p, why), why->error != 0 ? ": " : "",
        why->error != 0 ? apr_strerror(why->error, text, sizeof text) : "");
}

const char *cctv_geoip_set_database(cmd_parms *cmd, const char *path,
                                    void *value)
{
    const char **member = value;
    const char *full = ap_server_root_relative(cmd->pool, path);
    cctv_geoip_database_t *database;
    cctv_geoip_failure_t why;

    if (full == NULL) {
        return apr_psprintf(cmd->pool,
                            "CCTVGeoIPDatabase \"%s\": has to be the path of "
                            "a file",
                            path);
    }
    database = apr_palloc(cmd->pool, sizeof *database);
    if (!cctv_geoip_database_open(database, full, &why)) {
        return refusal(cmd->pool, path, &why);
    }
    apr_pool_cleanup_register(cmd->pool, database, close_database,
                              apr_pool_cleanup_null);
    *member = full;
    cctv_runtime_set(cmd->server, &geoip_slot, database);
    return NULL;
}

/* Log for the server: a log line of the request would contain the address of
 * the client. */
static void refresh(request_rec *r, cctv_geoip_database_t *database)
{
    cctv_geoip_failure_t why;

    switch (cctv_geoip_database_refresh(database, cctv_now(), &why)) {
    case CCTV_GEOIP_SAME:
        break;
    case CCTV_GEOIP_REPLACED:
        CCTV_LOG_S(
            APLOG_INFO, 0, r->server, "CCTV0018",
            "CCTVGeoIPDatabase \"%s\": the file was replaced; the new one "
            "is in use",
            database->path);
        break;
    case CCTV_GEOIP_KEPT:
        CCTV_LOG_S(APLOG_WARNING, why.error, r->server, "CCTV0019",
                   "CCTVGeoIPDatabase \"%s\": the file has changed and "
                   "cannot be used: %s; the one before stays in use",
                   database->path, reason(r->pool, &why));
        break;
    }
}

cctv_country_t cctv_geoip_lookup(request_rec *r)
{
    cctv_geoip_database_t *database = cctv_runtime_get(ap_server_conf,
                                                       &geoip_slot);

    if (database == NULL) {
        return CCTV_COUNTRY_UNKNOWN;
    }
    refresh(r, database);
    return cctv_geoip_database_find(
        database, (const struct sockaddr *)&r->useragent_addr->sa);
}

int64_t cctv_geoip_build_time(void)
{
    cctv_geoip_database_t *database = cctv_runtime_get(ap_server_conf,
                                                       &geoip_slot);

    return database == NULL ? 0 : cctv_geoip_database_built(database);
}
