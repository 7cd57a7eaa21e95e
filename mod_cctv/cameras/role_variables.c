/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file role_variables.c
 * @brief The variables that an expression of CCTVRoles reads.
 * Layer: pure.
 */
#include "cameras/role_variables.h"

#include "apr_strings.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const functions[] = { "reqenv", "env", "note" };

/* @return what follows the name of a function at `at`; NULL: there is none */
static const char *skip_function(const char *text, const char *at)
{
    size_t i;

    if (at > text && isalnum((unsigned char)at[-1])) {
        return NULL;
    }
    for (i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        size_t len = strlen(functions[i]);

        if (strncasecmp(at, functions[i], len) == 0
            && (at[len] == ':' || at[len] == '(' || at[len] == ' ')) {
            return at + len;
        }
    }
    return NULL;
}

/* Read the name that follows a function.
 * @return its length; 0: it is not a plain text */
static size_t read_name(const char *at, const char **name)
{
    char quote;

    if (*at == ':') {
        *name = at + 1;
        return strcspn(*name, "}%");
    }
    at += strspn(at, "( ");
    quote = *at;
    if (quote != '\'' && quote != '"') {
        return 0;
    }
    *name = at + 1;
    return strcspn(*name, quote == '"' ? "\"" : "'");
}

static bool has_name(const apr_array_header_t *found, const char *name)
{
    int i;

    for (i = 0; i < found->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(found, i, cctv_role_variable_t *)->name, name)
            == 0) {
            return true;
        }
    }
    return false;
}

static void add(apr_pool_t *pool, apr_array_header_t *found, const char *name,
                size_t len)
{
    cctv_role_variable_t *variable = apr_pcalloc(pool, sizeof *variable);

    variable->name = apr_pstrmemdup(pool, name, len);
    if (!has_name(found, variable->name)) {
        APR_ARRAY_PUSH(found, cctv_role_variable_t *) = variable;
    }
}

apr_array_header_t *cctv_role_variables(apr_pool_t *pool,
                                        const char *expression)
{
    apr_array_header_t *found = apr_array_make(pool, 2, sizeof(void *));
    const char *at;

    for (at = expression; *at != '\0'; at++) {
        const char *behind = skip_function(expression, at);
        const char *name;
        size_t len = behind == NULL ? 0 : read_name(behind, &name);

        if (len > 0) {
            add(pool, found, name, len);
        }
    }
    return found;
}
