/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief Parses, merges and completes the directives in the lists of the
 *        parts.
 * Layer: httpd.
 *
 * The module's configuration of a server is one block of memory: the slots of
 * config/mod_runtime.h, followed by the structs of all parts. The
 * configuration of a directory has only the structs of the parts.
 */
#include "config/mod_settings.h"

#include "config/number.h"
#include "config/mod_runtime.h"

#include "apr_strings.h"
#include "http_core.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CCTV_UNSET (-1)

#define SLOTS_SIZE (CCTV_RUNTIME_SLOTS * sizeof(void *))

typedef struct {
    bool is_of_directory;
    size_t size;
} block_t;

static block_t server_block = { .size = SLOTS_SIZE };
static block_t directory_block = { .is_of_directory = true };

static cctv_settings_group_t *const *all_groups;

/* ---- Values ---- */

static bool parse(const cctv_setting_t *setting, const char *text,
                  int64_t *value)
{
    if (setting->kind == CCTV_SETTING_TIME) {
        return cctv_config_parse_time(text, value);
    }
    if (setting->kind == CCTV_SETTING_NUMBER) {
        return cctv_config_parse_number(text, value);
    }
    *value = strcmp(text, "on") == 0;
    return *value == 1 || strcmp(text, "off") == 0;
}

static bool is_in_range(const cctv_setting_t *setting, int64_t value)
{
    int64_t min;
    int64_t max;

    return setting->kind == CCTV_SETTING_FLAG
           || (parse(setting, setting->min, &min)
               && parse(setting, setting->max, &max) && value >= min
               && value <= max);
}

/* @param value  written only on success */
static bool parse_setting(const cctv_setting_t *setting, const char *text,
                          int64_t *value)
{
    int64_t parsed;

    if (setting->off == CCTV_SETTING_OR_OFF && strcasecmp(text, "off") == 0) {
        *value = 0;
        return true;
    }
    if (!parse(setting, text, &parsed) || !is_in_range(setting, parsed)) {
        return false;
    }
    *value = parsed;
    return true;
}

/* ---- Setters ---- */

static void *member(const cmd_parms *cmd, void *dir)
{
    const cctv_setting_t *setting = cmd->info;
    char *block = setting->scope == CCTV_SCOPE_DIRECTORY
                      ? dir
                      : ap_get_module_config(cmd->server->module_config,
                                             &cctv_module);

    return block + setting->at;
}

static const char *check_scope(cmd_parms *cmd)
{
    const cctv_setting_t *setting = cmd->info;

    return setting->scope == CCTV_SCOPE_SERVER
               ? ap_check_cmd_context(cmd, GLOBAL_ONLY)
               : NULL;
}

static const char *refuse(const cmd_parms *cmd, const char *arg)
{
    const cctv_setting_t *setting = cmd->info;

    if (setting->kind == CCTV_SETTING_TIME) {
        return apr_psprintf(cmd->pool,
                            "%s \"%s\": has to be a time from %s to %s, such "
                            "as %s",
                            setting->name, arg, setting->min, setting->max,
                            setting->words);
    }
    return apr_psprintf(
        cmd->pool, "%s \"%s\": has to be %sa whole number of %s from %s to %s",
        setting->name, arg,
        setting->off == CCTV_SETTING_OR_OFF ? "off or " : "", setting->words,
        setting->min, setting->max);
}

static const char *set_number(cmd_parms *cmd, void *dir, const char *arg)
{
    const char *error = check_scope(cmd);

    if (error == NULL && !parse_setting(cmd->info, arg, member(cmd, dir))) {
        error = refuse(cmd, arg);
    }
    return error;
}

static const char *set_flag(cmd_parms *cmd, void *dir, int flag)
{
    *(int64_t *)member(cmd, dir) = flag;
    return check_scope(cmd);
}

static const char *set_other(cmd_parms *cmd, void *dir, const char *arg)
{
    const cctv_setting_t *setting = cmd->info;
    const char *error = check_scope(cmd);

    return error != NULL ? error : setting->set(cmd, arg, member(cmd, dir));
}

/* ---- The table of commands ---- */

static command_rec command_of(cctv_setting_t *setting)
{
    command_rec command = { .name = setting->name,
                            .cmd_data = setting,
                            .req_override = RSRC_CONF,
                            .args_how = setting->arguments,
                            .errmsg = setting->help };

    if (setting->scope == CCTV_SCOPE_DIRECTORY) {
        command.req_override |= ACCESS_CONF;
    }
    if (setting->kind == CCTV_SETTING_FLAG) {
        command.func.flag = set_flag;
    }
    else {
        command.func.take1 = setting->kind == CCTV_SETTING_OTHER ? set_other
                                                                 : set_number;
    }
    return command;
}

static bool is_right(const cctv_settings_group_t *group,
                     const cctv_setting_t *setting)
{
    int64_t initial;

    return (setting->scope == CCTV_SCOPE_DIRECTORY) == group->is_of_directory
           && (setting->kind == CCTV_SETTING_OTHER
               || parse_setting(setting, setting->initial, &initial));
}

static void place_group(cctv_settings_group_t *group)
{
    block_t *block = group->is_of_directory ? &directory_block : &server_block;
    size_t i;

    group->at = block->size;
    block->size += APR_ALIGN(group->size, sizeof(int64_t));
    for (i = 0; i < group->count; i++) {
        group->settings[i].at = group->at + group->settings[i].offset;
        if (!is_right(group, &group->settings[i])) {
            abort();
        }
    }
}

void cctv_settings_register(cctv_settings_group_t *const *groups,
                            command_rec *commands, size_t size)
{
    size_t count = 0;
    size_t i;

    all_groups = groups;
    for (; *groups != NULL; groups++) {
        place_group(*groups);
        for (i = 0; i < (*groups)->count; i++) {
            if (count + 1 >= size) {
                abort();
            }
            commands[count++] = command_of(&(*groups)->settings[i]);
        }
    }
    commands[count] = (command_rec){ .name = NULL };
}

/* ---- Blocks ---- */

typedef void each_t(const cctv_setting_t *setting, char *block,
                    const char *add);

/* Call a function for each setting in the block. */
static void for_each(const block_t *kind, char *block, const char *add,
                     each_t *each)
{
    cctv_settings_group_t *const *group;
    size_t i;

    for (group = all_groups; *group != NULL; group++) {
        if ((*group)->is_of_directory != kind->is_of_directory) {
            continue;
        }
        for (i = 0; i < (*group)->count; i++) {
            each(&(*group)->settings[i], block, add);
        }
    }
}

static void set_value(const cctv_setting_t *setting, char *block,
                      int64_t value)
{
    *(int64_t *)(void *)(block + setting->at) = value;
}

static bool is_set(const cctv_setting_t *setting, const char *block)
{
    const void *at = block + setting->at;
    void *pointer;

    if (setting->kind != CCTV_SETTING_OTHER) {
        return *(const int64_t *)at != CCTV_UNSET;
    }
    memcpy(&pointer, at, sizeof pointer);
    return pointer != NULL;
}

static void unset_setting(const cctv_setting_t *setting, char *block,
                          const char *add)
{
    (void)add;
    if (setting->kind != CCTV_SETTING_OTHER) {
        set_value(setting, block, CCTV_UNSET);
    }
}

static void merge_setting(const cctv_setting_t *setting, char *block,
                          const char *add)
{
    size_t size = setting->kind == CCTV_SETTING_OTHER ? sizeof(void *)
                                                      : sizeof(int64_t);

    if (is_set(setting, add)) {
        memcpy(block + setting->at, add + setting->at, size);
    }
}

static void fill_setting(const cctv_setting_t *setting, char *block,
                         const char *add)
{
    int64_t initial = CCTV_UNSET;

    (void)add;
    if (setting->kind != CCTV_SETTING_OTHER && !is_set(setting, block)) {
        parse_setting(setting, setting->initial, &initial);
        set_value(setting, block, initial);
    }
}

static void *create_block(apr_pool_t *p, const block_t *kind)
{
    char *block = apr_pcalloc(p, kind->size);

    for_each(kind, block, NULL, unset_setting);
    return block;
}

static void *merge_blocks(apr_pool_t *p, const block_t *kind, const void *base,
                          const void *add)
{
    char *block = apr_pmemdup(p, base, kind->size);

    for_each(kind, block, add, merge_setting);
    return block;
}

void *cctv_settings_create_server(apr_pool_t *p, server_rec *s)
{
    (void)s;
    return create_block(p, &server_block);
}

void *cctv_settings_merge_server(apr_pool_t *p, void *base, void *add)
{
    return merge_blocks(p, &server_block, base, add);
}

void *cctv_settings_create_dir(apr_pool_t *p, char *dir)
{
    (void)dir;
    return create_block(p, &directory_block);
}

void *cctv_settings_merge_dir(apr_pool_t *p, void *base, void *add)
{
    return merge_blocks(p, &directory_block, base, add);
}

/* httpd gives a virtual host without our directives the block of the main
 * server, but each virtual host needs slots of its own. */
static void give_slots(apr_pool_t *pconf, server_rec *s)
{
    void *block = apr_pmemdup(
        pconf, ap_get_module_config(s->module_config, &cctv_module),
        server_block.size);

    memset(block, 0, SLOTS_SIZE);
    ap_set_module_config(s->module_config, &cctv_module, block);
}

void cctv_settings_finish(apr_pool_t *pconf, server_rec *main_server)
{
    server_rec *s;

    for (s = main_server; s != NULL; s = s->next) {
        if (s != main_server) {
            give_slots(pconf, s);
        }
        for_each(&server_block,
                 ap_get_module_config(s->module_config, &cctv_module), NULL,
                 fill_setting);
        /* All sections are merged into this one. */
        for_each(&directory_block,
                 ap_get_module_config(s->lookup_defaults, &cctv_module), NULL,
                 fill_setting);
    }
}

/* ---- Access ---- */

void **cctv_settings_slots(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &cctv_module);
}

const void *cctv_settings_of_server(const server_rec *s,
                                    const cctv_settings_group_t *group)
{
    const char *block = ap_get_module_config(s->module_config, &cctv_module);

    return block + group->at;
}

const void *cctv_settings_of_request(const request_rec *r,
                                     const cctv_settings_group_t *group)
{
    const char *block = ap_get_module_config(r->per_dir_config, &cctv_module);

    return block + group->at;
}
