/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings: an accepted filter is within its limits, its link to the next
 * page asks for the same filter, and it becomes a statement. */
#include "cameras/filter.h"
#include "cameras/statements.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;

static void check(apr_pool_t *pool, const cctv_filter_t *filter,
                  const char *args)
{
    cctv_params_t params;
    cctv_filter_t next;
    const char *why;

    if (filter->limit < 1 || filter->limit > 500 || filter->after < 0) {
        abort();
    }
    if (cctv_filter_parse(pool, cctv_filter_next(pool, args, -1, 7), 500,
                          &next, &why)
            != APR_SUCCESS
        || next.after != 7 || next.limit != filter->limit
        || next.has_bbox != filter->has_bbox
        || (next.words == NULL) != (filter->words == NULL)) {
        abort();
    }
    cctv_statement_list(pool, filter, CCTV_PLAN_BY_PLANNER, filter->limit,
                        &params);
    cctv_statement_item(pool, filter, 1, &params);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    cctv_filter_t filter;
    const char *why = NULL;
    char *args;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
        cctv_statements_init(root);
    }
    apr_pool_create(&pool, root);
    args = malloc(size + 1);
    memcpy(args, data, size);
    args[size] = '\0';
    if (cctv_filter_parse(pool, args, 500, &filter, &why) == APR_SUCCESS) {
        check(pool, &filter, args);
    }
    else if (why == NULL) {
        abort();
    }
    free(args);
    apr_pool_destroy(pool);
    return 0;
}
