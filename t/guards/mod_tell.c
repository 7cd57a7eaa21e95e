/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tell.c
 * @brief A module for t/check-docs.py: prints the directives of mod_cctv.
 *
 * `apache2 -t` loads both modules. This one then prints a line for each
 * directive of mod_cctv: "directive", its name, and its help text. So the
 * guard asks the built module and does not depend on how its sources are laid
 * out.
 */
#include "httpd.h"
#include "http_config.h"

#include <stdio.h>
#include <string.h>

static int tell_directives(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp)
{
    const module *m;
    const command_rec *directive;

    (void)pconf;
    (void)plog;
    (void)ptemp;
    for (m = ap_top_module; m != NULL; m = m->next) {
        if (strcmp(m->name, "mod_cctv.c") != 0) {
            continue;
        }
        for (directive = m->cmds; directive->name != NULL; directive++) {
            printf("directive\t%s\t%s\n", directive->name, directive->errmsg);
        }
    }
    fflush(stdout);
    return OK;
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_hook_pre_config(tell_directives, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(tell) = {
    STANDARD20_MODULE_STUFF,
    .register_hooks = register_hooks,
};
