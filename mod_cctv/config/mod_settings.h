/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief Directives from lists: their parsing, merging and defaults.
 * Layer: httpd.
 *
 * A part lists its directives once, in its own mod_settings.h:
 *
 *     #define CCTV_VIEWS_SETTINGS(NUMBER, TIME, FLAG, OTHER)
 *         NUMBER(max_sessions, "CCTVMaxSessions", SERVER, 1, 1000000, 16384,
 *                NOT_OFF, "sessions", "the most views at a time")
 *     CCTV_SERVER_SETTINGS_DECLARE(views, CCTV_VIEWS_SETTINGS);
 *
 * and its mod_settings.c contains the setters of the part and
 *
 *     CCTV_SERVER_SETTINGS_DEFINE(views, CCTV_VIEWS_SETTINGS)
 *
 * These macros define the struct cctv_views_settings_t; the function
 * cctv_views_settings(s), which returns the values with the defaults filled in;
 * and a group of settings, which the part names in its cctv_part_t. For
 * directives of directories and locations, write DIRECTORY instead of SERVER in
 * the names of the two macros; the function then takes a request.
 *
 * The entries of a list:
 *
 *     NUMBER(member, name, scope, min, max, default, off, unit, help)
 *     TIME(member, name, scope, min, max, default, example, help)
 *     FLAG(member, name, scope, default, help)
 *     OTHER(type, member, name, scope, arguments, setter, help)
 *
 * min, max and default are written as an administrator writes them: 100, 30s,
 * off. scope is SERVER (not in a virtual host), HOST (also in a virtual host)
 * or DIRECTORY. off is OR_OFF or NOT_OFF; the value of a number that is off is
 * 0. arguments is TAKE1, ITERATE or RAW_ARGS. setter is a cctv_setting_set_t. For numbers
 * and times the range and the default are added to the help.
 *
 * Numbers, times (in µs) and flags are int64_t. All other members are pointers,
 * and NULL if the directive is not used.
 */
#ifndef CCTV_CONFIG_MOD_SETTINGS_H
#define CCTV_CONFIG_MOD_SETTINGS_H

#include "httpd.h"
#include "http_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern module AP_MODULE_DECLARE_DATA cctv_module;

typedef enum {
    CCTV_SETTING_NUMBER,
    CCTV_SETTING_TIME,
    CCTV_SETTING_FLAG,
    CCTV_SETTING_OTHER
} cctv_setting_kind_t;

typedef enum {
    CCTV_SCOPE_SERVER,
    CCTV_SCOPE_HOST,
    CCTV_SCOPE_DIRECTORY
} cctv_setting_scope_t;

typedef enum {
    CCTV_SETTING_NOT_OFF,
    CCTV_SETTING_OR_OFF
} cctv_setting_off_t;

/**
 * A setter that a part provides. The scope of the directive has been checked.
 *
 * @param arg    the argument; with ITERATE, one of the arguments; with RAW_ARGS,
 *               all of them
 * @param value  points to the member to set
 * @return NULL, or a sentence that says what is wrong
 */
typedef const char *cctv_setting_set_t(cmd_parms *cmd, const char *arg,
                                       void *value);

/** A directive. */
typedef struct {
    const char *name;
    cctv_setting_kind_t kind;
    cctv_setting_scope_t scope;
    cctv_setting_off_t off;
    enum cmd_how arguments;
    size_t offset; /**< offset of the member in the part's struct */
    size_t at;     /**< private: offset in all settings of this scope */
    const char *min;
    const char *max;
    const char *initial; /**< the default */
    const char *words;   /**< the unit of a number or an example of a time */
    const char *help;
    cctv_setting_set_t *set; /**< the setter of an OTHER */
} cctv_setting_t;

/** The directives of a part. */
typedef struct cctv_settings_group_t {
    bool is_of_directory;
    size_t size; /**< size of the part's struct */
    size_t at;   /**< private: offset in all settings of this scope */
    cctv_setting_t *settings;
    size_t count;
} cctv_settings_group_t;

/* ---- For mod_cctv.c ---- */

/**
 * Fill in the table of commands. Calls abort() if the table is too small or a
 * list is wrong. Call it before any other function of this file.
 *
 * @param groups    ends with NULL; kept
 * @param commands  the table to write; the entry that ends it is added
 * @param size      the number of entries that the table has room for
 */
void cctv_settings_register(cctv_settings_group_t *const *groups,
                            command_rec *commands, size_t size);

/** The functions of the module record. */
void *cctv_settings_create_server(apr_pool_t *p, server_rec *s);
void *cctv_settings_merge_server(apr_pool_t *p, void *base, void *add);
void *cctv_settings_create_dir(apr_pool_t *p, char *dir);
void *cctv_settings_merge_dir(apr_pool_t *p, void *base, void *add);

/**
 * Set all members without a directive to their defaults. Call it after all
 * directives have been read and before the settings are used.
 */
void cctv_settings_finish(apr_pool_t *pconf, server_rec *main_server);

/* ---- For config/mod_runtime.c ---- */

/** The array of CCTV_RUNTIME_SLOTS pointers of a server. */
void **cctv_settings_slots(const server_rec *s);

/* ---- For the macros below ---- */

const void *cctv_settings_of_server(const server_rec *s,
                                    const cctv_settings_group_t *group);
const void *cctv_settings_of_request(const request_rec *r,
                                     const cctv_settings_group_t *group);

/* ---- For the parts ---- */

#define CCTV_MEMBER_NUMBER(member, ...)      int64_t member;
#define CCTV_MEMBER_OTHER(type, member, ...) type member;

#define CCTV_HELP_NOT_OFF ""
#define CCTV_HELP_OR_OFF  ", or off"

#define CCTV_ROW(kind_, member, name_, scope_)                                \
    .name = (name_), .kind = CCTV_SETTING_##kind_,                            \
    .scope = CCTV_SCOPE_##scope_,                                             \
    .offset = offsetof(cctv_settings_here_t, member)

#define CCTV_ROW_NUMBER(member, name, scope, min_, max_, initial_, off_,      \
                        unit, help_)                                          \
    { CCTV_ROW(NUMBER, member, name, scope),                                  \
      .min = #min_,                                                           \
      .max = #max_,                                                           \
      .initial = #initial_,                                                   \
      .off = CCTV_SETTING_##off_,                                             \
      .words = (unit),                                                        \
      .arguments = TAKE1,                                                     \
      .help = help_ " (" #min_ " to " #max_ CCTV_HELP_##off_                  \
      "; default " #initial_ ")" },

#define CCTV_ROW_TIME(member, name, scope, min_, max_, initial_, example,     \
                      help_)                                                  \
    { CCTV_ROW(TIME, member, name, scope),                                    \
      .min = #min_,                                                           \
      .max = #max_,                                                           \
      .initial = #initial_,                                                   \
      .words = (example),                                                     \
      .arguments = TAKE1,                                                     \
      .help = help_ " (" #min_ " to " #max_ "; default " #initial_ ")" },

#define CCTV_ROW_FLAG(member, name, scope, initial_, help_)                   \
    { CCTV_ROW(FLAG, member, name, scope), .initial = #initial_,              \
      .arguments = FLAG, .help = help_ " (default " #initial_ ")" },

#define CCTV_ROW_OTHER(type, member, name, scope, arguments_, set_, help_)    \
    { CCTV_ROW(OTHER, member, name, scope), .arguments = (arguments_),        \
      .set = (set_), .help = (help_) },

#define CCTV_SETTINGS_DECLARE(part, LIST)                                     \
    typedef struct {                                                          \
        LIST(CCTV_MEMBER_NUMBER, CCTV_MEMBER_NUMBER, CCTV_MEMBER_NUMBER,      \
             CCTV_MEMBER_OTHER)                                               \
    } cctv_##part##_settings_t;                                               \
    extern cctv_settings_group_t cctv_##part##_settings_group

#define CCTV_SERVER_SETTINGS_DECLARE(part, LIST)                              \
    CCTV_SETTINGS_DECLARE(part, LIST);                                        \
    const cctv_##part##_settings_t *cctv_##part##_settings(const server_rec *s)

#define CCTV_DIRECTORY_SETTINGS_DECLARE(part, LIST)                           \
    CCTV_SETTINGS_DECLARE(part, LIST);                                        \
    const cctv_##part##_settings_t *cctv_##part##_settings(                   \
        const request_rec *r)

/* Use it once in a file. */
#define CCTV_SETTINGS_DEFINE(part, LIST, is_of_directory_)                    \
    typedef cctv_##part##_settings_t cctv_settings_here_t;                    \
    static cctv_setting_t settings_here[] = { LIST(                           \
        CCTV_ROW_NUMBER, CCTV_ROW_TIME, CCTV_ROW_FLAG, CCTV_ROW_OTHER) };     \
    cctv_settings_group_t cctv_##part##_settings_group = {                    \
        .is_of_directory = (is_of_directory_),                                \
        .size = sizeof(cctv_settings_here_t),                                 \
        .settings = settings_here,                                            \
        .count = sizeof settings_here / sizeof settings_here[0]               \
    };

#define CCTV_SERVER_SETTINGS_DEFINE(part, LIST)                               \
    CCTV_SETTINGS_DEFINE(part, LIST, false)                                   \
    const cctv_##part##_settings_t *cctv_##part##_settings(                   \
        const server_rec *s)                                                  \
    {                                                                         \
        return cctv_settings_of_server(s, &cctv_##part##_settings_group);     \
    }

#define CCTV_DIRECTORY_SETTINGS_DEFINE(part, LIST)                            \
    CCTV_SETTINGS_DEFINE(part, LIST, true)                                    \
    const cctv_##part##_settings_t *cctv_##part##_settings(                   \
        const request_rec *r)                                                 \
    {                                                                         \
        return cctv_settings_of_request(r, &cctv_##part##_settings_group);    \
    }

#endif
