/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_admin.c
 * @brief Finds sections that let everybody into the admin's view.
 * Layer: httpd.
 */
#include "check/mod_admin.h"

#include "core/mod_log.h"

#include <string.h>
#include <strings.h>

/* Whether Require, other than of everybody, or <RequireAny>, <RequireAll>,
 * <RequireNone> is among directives of one section. */
static bool has_require(const ap_directive_t *directive)
{
    for (; directive != NULL; directive = directive->next) {
        const char *name = directive->directive;

        if (strncasecmp(name[0] == '<' ? name + 1 : name, "Require", 7) == 0
            && strcasecmp(directive->args, "all granted") != 0) {
            return true;
        }
    }
    return false;
}

static bool is_protected(const ap_directive_t *directive)
{
    const ap_directive_t *section;

    for (section = directive->parent; section != NULL;
         section = section->parent) {
        if (has_require(section->first_child)) {
            return true;
        }
    }
    return false;
}

bool cctv_check_admin(server_rec *s, const ap_directive_t *directive,
                      const char *handler, bool may_warn)
{
    if (strcmp(handler, "cctv-admin") != 0) {
        return false;
    }
    if (may_warn && !is_protected(directive)) {
        /* httpd writes a notice whatever LogLevel says. */
        CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0200",
                   "%s:%d: SetHandler cctv-admin without a Require in its "
                   "section, or with that of everybody, who then may see who "
                   "watches, and end views; "
                   "write \"Require user ...\" or \"Require ip ...\" below "
                   "this line",
                   directive->filename, directive->line_num);
    }
    return true;
}
