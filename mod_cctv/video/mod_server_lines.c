/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_server_lines.c
 * @brief The directive CCTVJanus: one line for each Janus server.
 * Layer: httpd.
 */
#include "video/mod_server_lines.h"

#include "video/choice.h"
#include "video/mod_values.h"
#include "video/server_key.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>

#define MAX_VIEWS 1000000

/* What is read of a line. */
typedef struct {
    cmd_parms *cmd;
    cctv_server_line_t line;
    const char *error;
} reading_t;

static bool fails(reading_t *reading, const char *error)
{
    reading->error = error;
    return false;
}

/* ---- Parameters ---- */

static bool take_url(reading_t *reading, const char *what, const char *text,
                     const char *example, const char **url)
{
    if (*url != NULL) {
        return fails(reading, apr_psprintf(reading->cmd->pool,
                                           "%s= may stand there once", what));
    }
    return cctv_value_url(reading->cmd->pool, text, url)
           || fails(reading,
                    apr_psprintf(reading->cmd->pool,
                                 "%s= has to be where Janus listens, such as "
                                 "%s=http://10.0.0.5:%s, without a user and a "
                                 "query",
                                 what, what, example));
}

static bool take_api(reading_t *reading, const char *text)
{
    return take_url(reading, "url", text, "8088/janus", &reading->line.url);
}

static bool take_admin(reading_t *reading, const char *text)
{
    return take_url(reading, "admin", text, "7088/admin",
                    &reading->line.admin_url);
}

static bool take_secret(reading_t *reading, const char *text)
{
    const char *error;

    reading->line.secret = cctv_value_secret(reading->cmd, text, &error);
    return reading->line.secret != NULL
           || fails(reading,
                    apr_pstrcat(reading->cmd->pool, "secret=: ", error, NULL));
}

/* @return 0: it is no whole number from 1 to max */
static long number_of(const char *text, long max)
{
    char *end;
    long number = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10)
                                                   : 0;

    return number > 0 && number <= max && *end == '\0' ? number : 0;
}

static bool take_weight(reading_t *reading, const char *text)
{
    reading->line.weight = (unsigned)number_of(text, CCTV_CHOICE_WEIGHT_MAX);
    return reading->line.weight != 0
           || fails(reading, "weight= has to be a whole number from 1 to 100, "
                             "such as weight=2 for a server that takes twice "
                             "the views");
}

static bool take_max(reading_t *reading, const char *text)
{
    reading->line.max = (uint32_t)number_of(text, MAX_VIEWS);
    return reading->line.max != 0
           || fails(reading, "max= has to be a whole number of views from 1 "
                             "to 1000000, such as max=800");
}

static const struct {
    const char *name; /* with the "=" */
    bool (*take)(reading_t *reading, const char *text);
} parameters[] = { { "url=", take_api },
                   { "admin=", take_admin },
                   { "secret=", take_secret },
                   { "weight=", take_weight },
                   { "max=", take_max } };

static bool take_parameter(reading_t *reading, const char *word)
{
    size_t i;

    if (strcmp(word, "drain") == 0) {
        reading->line.is_draining = true;
        return true;
    }
    for (i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        size_t len = strlen(parameters[i].name);

        if (strncmp(word, parameters[i].name, len) == 0) {
            return parameters[i].take(reading, word + len);
        }
    }
    return fails(reading,
                 apr_psprintf(reading->cmd->pool,
                              "\"%s\" is unknown; there are url=, admin=, "
                              "secret=, weight=, max= and drain",
                              word));
}

/* ---- Lines ---- */

static bool differs(reading_t *reading, const cctv_server_line_t *other)
{
    const cctv_server_line_t *line = &reading->line;

    if (strcmp(other->name, line->name) == 0) {
        return fails(reading, "there is a line with this name already");
    }
    if (other->key == line->key) {
        return fails(reading,
                     apr_psprintf(reading->cmd->pool,
                                  "its name cannot be told from \"%s\" (their "
                                  "hashes are the same): choose another one, "
                                  "such as \"%.30s-2\"",
                                  other->name, line->name));
    }
    return strcmp(other->url, line->url) != 0
           || fails(reading,
                    apr_psprintf(reading->cmd->pool,
                                 "\"%s\" has the same url=: one line for each "
                                 "Janus",
                                 other->name));
}

static bool is_new(reading_t *reading, const apr_array_header_t *lines)
{
    int i;

    if (lines->nelts == CCTV_JANUS_MAX) {
        return fails(reading, "there may be 16 Janus servers at most");
    }
    for (i = 0; i < lines->nelts; i++) {
        if (!differs(reading, &APR_ARRAY_IDX(lines, i, cctv_server_line_t))) {
            return false;
        }
    }
    return true;
}

static bool read_line(reading_t *reading, const char *arguments,
                      const apr_array_header_t *lines)
{
    const char *word;

    while (*arguments != '\0') {
        word = ap_getword_conf(reading->cmd->pool, &arguments);
        if (!take_parameter(reading, word)) {
            return false;
        }
    }
    if (reading->line.url == NULL) {
        return fails(reading,
                     "url= is missing: where this Janus listens, such as "
                     "url=http://10.0.0.5:8088/janus");
    }
    return is_new(reading, lines);
}

const char *cctv_server_line_add(cmd_parms *cmd, const char *arguments,
                                 void *value)
{
    apr_array_header_t **lines = value;
    const char *name = ap_getword_conf(cmd->pool, &arguments);
    reading_t reading = { .cmd = cmd, .line = { .name = name, .weight = 1 } };

    if (!cctv_server_name_is_right(name)) {
        return "CCTVJanus: the name of the server comes first, of letters, "
               "digits, \"-\", \"_\" and \".\", at most 32, such as: "
               "CCTVJanus "
               "east url=http://10.0.0.5:8088/janus "
               "admin=http://10.0.0.5:7088/admin secret=/etc/cctv/janus";
    }
    reading.line.key = cctv_server_key(name);
    if (*lines == NULL) {
        *lines = apr_array_make(cmd->pool, 4, sizeof(cctv_server_line_t));
    }
    if (!read_line(&reading, arguments, *lines)) {
        return apr_psprintf(cmd->pool, "CCTVJanus %s: %s", name,
                            reading.error);
    }
    APR_ARRAY_PUSH(*lines, cctv_server_line_t) = reading.line;
    return NULL;
}

bool cctv_server_lines_have_admin(const apr_array_header_t *lines)
{
    int i;

    for (i = 0; i < lines->nelts; i++) {
        if (APR_ARRAY_IDX(lines, i, cctv_server_line_t).admin_url == NULL) {
            return false;
        }
    }
    return true;
}

bool cctv_server_lines_have_secrets(const apr_array_header_t *lines)
{
    int i;

    for (i = 0; i < lines->nelts; i++) {
        if (APR_ARRAY_IDX(lines, i, cctv_server_line_t).secret == NULL) {
            return false;
        }
    }
    return true;
}
