/* SPDX-License-Identifier: Apache-2.0 */
/* Results of a CCTVRoles expression: no role is empty, contains a comma, or
 * has blanks around it. */
#include "cameras/filter.h"
#include "cameras/statements.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    apr_array_header_t *roles;
    cctv_filter_t filter = { 0 };
    cctv_params_t params;
    char *list;
    int i;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    list = malloc(size + 1);
    memcpy(list, data, size);
    list[size] = '\0';
    roles = cctv_roles_split(pool, list);
    for (i = 0; i < roles->nelts; i++) {
        const char *name = APR_ARRAY_IDX(roles, i, const char *);
        size_t len = strlen(name);

        if (len == 0 || strchr(name, ',') != NULL || name[0] == ' '
            || name[len - 1] == ' ') {
            abort();
        }
    }
    cctv_filter_restrict(pool, &filter, roles);
    cctv_statement_item(pool, &filter, 1, &params);
    free(list);
    apr_pool_destroy(pool);
    return 0;
}
