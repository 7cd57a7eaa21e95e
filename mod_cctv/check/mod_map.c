/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_map.c
 * @brief Checks the tiles of the map page: config.json and the content
 *        security policy.
 * Layer: httpd.
 */
#include "check/mod_map.h"

#include "check/csp.h"
#include "core/mod_log.h"

#include "apr_strings.h"
#include "http_core.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define BLANKS " \t"

/* A larger config.json is not looked at. */
#define CONFIG_MAX 65536

static const char *value_of(apr_pool_t *ptemp, const char *name)
{
    return ap_exists_config_define(name) ? ap_resolve_env(
               ptemp, apr_pstrcat(ptemp, "${", name, "}", NULL))
                                         : NULL;
}

/* ---- CCTV_MAP_TILES ---- */

static bool are_sources_right(server_rec *s, const char *sources)
{
    while (*(sources += strspn(sources, BLANKS)) != '\0') {
        size_t len = strcspn(sources, BLANKS);
        const char *fault = cctv_csp_fault(sources, len);

        if (fault != NULL) {
            CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0186",
                       "Define CCTV_MAP_TILES: browsers match no tile with "
                       "\"%.*s\": %s",
                       (int)len, sources, fault);
            return false;
        }
        sources += len;
    }
    return true;
}

/* ---- config.json ---- */

/* The page replaces {s} by a letter. */
static const char *first_tile(apr_pool_t *ptemp, const char *url)
{
    const char *mark = strstr(url, "{s}");

    return mark == NULL
               ? url
               : apr_pstrcat(
                   ptemp, apr_pstrmemdup(ptemp, url, (apr_size_t)(mark - url)),
                   "a", mark + 3, NULL);
}

/* The origin that a policy has to name for these tiles: the part of the host
 * that changes becomes a *. */
static const char *origin_of(apr_pool_t *ptemp, const char *url)
{
    const char *origin = apr_pstrmemdup(ptemp, url, cctv_csp_origin(url));
    const char *mark = strstr(origin, "{s}.");

    return mark == NULL
               ? origin
               : apr_pstrcat(
                   ptemp,
                   apr_pstrmemdup(ptemp, origin, (apr_size_t)(mark - origin)),
                   "*.", mark + 4, NULL);
}

static void look_at_tiles(apr_pool_t *ptemp, server_rec *s, const char *path,
                          const char *url, const char *sources)
{
    if (strncasecmp(url, "http://", 7) != 0
        && strncasecmp(url, "https://", 8) != 0) {
        return;
    }
    if (sources != NULL && cctv_csp_allows(sources, first_tile(ptemp, url))) {
        return;
    }
    CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0187",
               "%s: browsers will refuse its tiles, because the page's policy "
               "does not name their server: write \"Define CCTV_MAP_TILES "
               "%s\" at the top of cctv-map.conf",
               path, origin_of(ptemp, url));
}

/* One set of tiles, or a list of them; NULL: there are none. */
static void look_at_sets(apr_pool_t *ptemp, server_rec *s, const char *path,
                         const json_t *tiles, const char *sources)
{
    static const char *const names[] = { "url", "dark" };
    size_t count = json_is_array(tiles) ? json_array_size(tiles) : 1;
    size_t set, i;

    for (set = 0; set < count; set++) {
        const json_t *one = json_is_array(tiles) ? json_array_get(tiles, set)
                                                 : tiles;

        for (i = 0; i < sizeof names / sizeof names[0]; i++) {
            const char *url = json_string_value(
                json_object_get(one, names[i]));

            if (url != NULL) {
                look_at_tiles(ptemp, s, path, url, sources);
            }
        }
    }
}

static json_t *read_config(server_rec *s, const char *path)
{
    struct stat info;
    json_error_t error;
    json_t *config;

    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)
        || info.st_size > CONFIG_MAX) {
        return NULL;
    }
    config = json_load_file(path, 0, &error);
    if (config == NULL) {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0188",
                   "%s is not valid JSON (line %d, column %d: %s): the map "
                   "page does not use it",
                   path, error.line, error.column, error.text);
    }
    return config;
}

bool cctv_check_map(apr_pool_t *ptemp, server_rec *s, bool may_warn)
{
    const char *sources = value_of(ptemp, "CCTV_MAP_TILES");
    const char *folder = value_of(ptemp, "CCTV_MAP_CONFIG");
    const char *path;
    json_t *config;

    if (sources != NULL && !are_sources_right(s, sources)) {
        return false;
    }
    if (folder == NULL || !may_warn) {
        return true;
    }
    path = apr_pstrcat(ptemp, folder, "/config.json", NULL);
    config = read_config(s, path);
    look_at_sets(ptemp, s, path, json_object_get(config, "tiles"), sources);
    json_decref(config);
    return true;
}
