/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for changes: an accepted filter asks for nothing that only a list
 * can answer, and a cursor has one spelling. */
#include "push/cursor.h"
#include "push/interest.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;
static cctv_segment_head_t head;
static const cctv_segment_t segment = { .head = &head };

static void check_cursor(const char *text)
{
    cctv_cursor_t cursor;
    char again[CCTV_CURSOR_SIZE];

    if (cctv_cursor_read(text, &cursor)) {
        cctv_cursor_write(&cursor, again);
        if (strcmp(text, again) != 0) {
            abort();
        }
    }
}

static void check(apr_pool_t *pool, const cctv_filter_t *filter)
{
    cctv_interest_t *interest = apr_palloc(pool, cctv_interest_size(filter));
    cctv_spot_t spot = { .lng = filter->bbox.west, .lat = filter->bbox.south };

    cctv_interest_init(&segment, filter, interest);
    if (filter->words != NULL || filter->after != 0
        || interest->role_count > CCTV_FILTER_ROLES_MAX) {
        abort();
    }
    if (interest->role_count < 0) {
        spot.status = interest->status < 0 ? 0 : (uint8_t)interest->status;
        if (filter->has_bbox && !cctv_interest_has(interest, &spot)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    cctv_filter_t filter;
    const char *after = NULL;
    const char *why = NULL;
    char *args;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    args = malloc(size + 1);
    memcpy(args, data, size);
    args[size] = '\0';
    check_cursor(args);
    if (cctv_interest_parse(pool, args, &after, &filter, &why)
        == APR_SUCCESS) {
        check(pool, &filter);
        if (after != NULL) {
            check_cursor(after);
        }
    }
    else if (why == NULL) {
        abort();
    }
    free(args);
    apr_pool_destroy(pool);
    return 0;
}
