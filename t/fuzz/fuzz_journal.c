/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays of ids from the journal: as many ids as there are numbers, and none is
 * negative. */
#include "catalogue/journal.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    char *text = malloc(size + 1);
    int *ids = NULL;
    int count, commas = 0;
    int i;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    memcpy(text, data, size);
    text[size] = '\0';
    for (i = 0; text[i] != '\0'; i++) {
        commas += text[i] == ',';
    }
    count = cctv_journal_ids(text, pool, &ids);
    if (count > commas + 1 || (count > 1 && count != commas + 1)) {
        abort();
    }
    for (i = 0; i < count; i++) {
        if (ids[i] < 0) {
            abort();
        }
    }
    apr_pool_destroy(pool);
    free(text);
    return 0;
}
