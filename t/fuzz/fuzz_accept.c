/* SPDX-License-Identifier: Apache-2.0 */
/* Accept: the parser never reads beyond the end. A client that prefers
 * OpenMetrics names it or sends a wildcard. Empty and repeated ranges change
 * nothing. */
#include "http/accept.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_twice(const char *accept, bool wanted)
{
    size_t len = strlen(accept);
    char *twice = malloc(2 * len + 3);

    memcpy(twice, ", ", 2);
    memcpy(twice + 2, accept, len + 1);
    if (cctv_accept_openmetrics(twice) != wanted) {
        abort();
    }
    /* An open quote would include everything that follows it. */
    if (strchr(accept, '"') == NULL) {
        memcpy(twice, accept, len);
        twice[len] = ',';
        memcpy(twice + len + 1, accept, len + 1);
        if (cctv_accept_openmetrics(twice) != wanted) {
            abort();
        }
    }
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *accept = malloc(size + 1);
    bool wanted;

    memcpy(accept, data, size);
    accept[size] = '\0';
    wanted = cctv_accept_openmetrics(accept);
    if (wanted && strcasestr(accept, "application/") == NULL
        && strstr(accept, "*/*") == NULL) {
        abort();
    }
    check_twice(accept, wanted);
    free(accept);
    return 0;
}
