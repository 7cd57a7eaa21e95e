/* SPDX-License-Identifier: Apache-2.0 */
/* If-None-Match: the parser never reads beyond the end and finds the tag. */
#include "http/etag.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TAG "\"0123456789abcdef\""

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *header = malloc(size + 1);

    memcpy(header, data, size);
    header[size] = '\0';
    if (cctv_etag_matches(header, TAG) && strchr(header, '*') == NULL
        && strstr(header, "\"0123456789abcdef") == NULL) {
        abort();
    }
    free(header);
    return 0;
}
