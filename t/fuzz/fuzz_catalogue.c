/* SPDX-License-Identifier: Apache-2.0 */
/* Files of catalogues: whatever is in a file with a right checksum, it is
 * refused or safe to read. */
#include "use_catalogue.h"

#include "apr_general.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cctv_catalogue_t catalogue;
    apr_pool_t *pool;
    void *file;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    /* Exactly so large that a sanitizer sees a read beyond it. */
    if (posix_memalign(&file, 64, size > 0 ? size : 1) == 0) {
        memcpy(file, data, size);
        seal_catalogue(file, size);
        if (cctv_catalogue_open(file, size, &catalogue) == NULL) {
            use_catalogue(pool, &catalogue);
        }
        free(file);
    }
    apr_pool_destroy(pool);
    return 0;
}
