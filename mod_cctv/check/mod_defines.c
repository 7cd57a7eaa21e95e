/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_defines.c
 * @brief Finds variables of the configuration that are defined below their
 *        use.
 * Layer: httpd.
 */
#include "check/mod_defines.h"

#include "core/mod_log.h"

#include "apr_strings.h"
#include "http_core.h"

#include <ctype.h>
#include <string.h>

/* httpd's own limit of a line is greater; longer lines are not checked. */
#define LINE_MAX_LEN 8192

/* @return the text of a line of a file; NULL: it cannot be read, or is too
 *         long, or goes on in the next line */
static const char *line_of(apr_pool_t *ptemp, const char *path, int number)
{
    char *line = apr_palloc(ptemp, LINE_MAX_LEN);
    ap_configfile_t *file;
    const char *found = NULL;
    apr_finfo_t info;

    /* A directive may come from a pipe or from the command line. */
    if (apr_stat(&info, path, APR_FINFO_TYPE, ptemp) != APR_SUCCESS
        || info.filetype != APR_REG
        || ap_pcfg_openfile(&file, ptemp, path) != APR_SUCCESS) {
        return NULL;
    }
    while (ap_cfg_getline(line, LINE_MAX_LEN, file) == APR_SUCCESS) {
        if ((int)file->line_number >= number) {
            found = (int)file->line_number == number ? line : NULL;
            break;
        }
    }
    ap_cfg_closefile(file);
    return found;
}

/* The variables that have one value for the whole server. Others, such as
 * CCTV_PREFIX, may have another one for each site. */
static const char *const names[] = { "CCTV_DB", "CCTV_STATE", "CCTV_SECRETS",
                                     "CCTV_JANUS", "CCTV_JANUS_ADMIN" };

/* Which of them a text uses; NULL: none. */
static const char *variable_in(apr_pool_t *ptemp, const char *text)
{
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strstr(text, apr_pstrcat(ptemp, "${", names[i], "}", NULL))
            != NULL) {
            return names[i];
        }
    }
    return NULL;
}

/* The arguments without blanks and without the > of a section. */
static const char *bare(apr_pool_t *ptemp, const char *text)
{
    char *copy = apr_pstrdup(ptemp, text);
    size_t len;

    apr_collapse_spaces(copy, copy);
    len = strlen(copy);
    if (len > 0 && copy[len - 1] == '>') {
        copy[len - 1] = '\0';
    }
    return copy;
}

/* Whether a directive that httpd has read is the one of this line. */
static bool is_of(apr_pool_t *ptemp, const char *line,
                  const ap_directive_t *directive)
{
    const char *word = ap_getword_white(ptemp, &line);

    return strcasecmp(word, directive->directive) == 0;
}

void cctv_check_line(apr_pool_t *ptemp, server_rec *s,
                     const ap_directive_t *directive)
{
    const char *line = line_of(ptemp, directive->filename,
                               directive->line_num);
    const char *name = line == NULL ? NULL : variable_in(ptemp, line);

    if (name == NULL || !is_of(ptemp, line, directive)) {
        return;
    }
    ap_getword_white(ptemp, &line);
    if (strcmp(bare(ptemp, ap_resolve_env(ptemp, line)),
               bare(ptemp, directive->args))
        != 0) {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0184",
                   "%s:%d: %s is defined below this line, which uses another "
                   "value: put \"Define %s ...\" above it",
                   directive->filename, directive->line_num, name, name);
    }
}

static const char *value_of(apr_pool_t *ptemp, const char *name)
{
    return ap_exists_config_define(name) ? ap_resolve_env(
               ptemp, apr_pstrcat(ptemp, "${", name, "}", NULL))
                                         : NULL;
}

/* Whether cctv-map.conf has made its variable without what is defined: a part of
 * a policy of the page. */
static bool policy_lacks(apr_pool_t *ptemp, const char *made, const char *name)
{
    const char *value = value_of(ptemp, name);
    const char *whole = value_of(ptemp, made);

    return value != NULL && whole != NULL && strstr(whole, value) == NULL;
}

static bool lacks_location(apr_pool_t *ptemp)
{
    const char *policy = value_of(ptemp, "CCTV_MAP_LOCATION");

    return policy != NULL && strcmp(policy, "()") == 0;
}

bool cctv_check_defines(apr_pool_t *ptemp, server_rec *s,
                        const cctv_check_lacks_t *lacks, bool may_warn)
{
    const struct {
        const char *name;
        const char *place;
        bool is_without_effect, is_refused;
    } variables[] = {
        { "CCTV_JANUS", "at the top of cctv.conf", lacks->video, true },
        { "CCTV_MAP_TILES", "at the top of cctv-map.conf",
          policy_lacks(ptemp, "CCTV_MAP_IMAGES", "CCTV_MAP_TILES"), true },
        { "CCTV_MAP_HLS", "at the top of cctv-map.conf",
          policy_lacks(ptemp, "CCTV_MAP_VIDEO", "CCTV_MAP_HLS"), true },
        { "CCTV_MAP_FRAME_ANCESTORS", "at the top of cctv-map.conf",
          policy_lacks(ptemp, "CCTV_MAP_FRAMES", "CCTV_MAP_FRAME_ANCESTORS"),
          true },
        { "CCTV_MAP_GEOLOCATION", "at the top of cctv-map.conf",
          lacks_location(ptemp), true },
        { "CCTV_ADMIN", "above the Include of cctv-site.conf", lacks->admin,
          false },
        { "CCTV_OGC", "above the Include of cctv-site.conf", lacks->ogc,
          false },
        { "CCTV_TILES", "above the Include of cctv-site.conf", lacks->tiles,
          false },
    };
    size_t i;

    for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *name = variables[i].name;
        bool is_refused = variables[i].is_refused;

        if (variables[i].is_without_effect && (is_refused || may_warn)
            && ap_exists_config_define(name)) {
            CCTV_LOG_S(is_refused ? APLOG_ERR : APLOG_WARNING, 0, s,
                       "CCTV0185",
                       "%s is defined, and no <IfDefine %s> below asks for "
                       "it, so it has no effect: put \"Define %s ...\" %s",
                       name, name, name, variables[i].place);
            if (is_refused) {
                return false;
            }
        }
    }
    return true;
}
