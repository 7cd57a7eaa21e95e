/* SPDX-License-Identifier: Apache-2.0 */
/* URIs of ICE servers: an accepted URI needs no escapes in JSON or in a header
 * field. */
#include "video/turn.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    bool needs_login = false;

    memcpy(text, data, size);
    text[size] = '\0';
    if (cctv_turn_is_uri(text, &needs_login)
        && (strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789-._:[]?=")
                != strlen(text)
            || needs_login != (text[0] == 't')
            || (strchr(text, '?') != NULL) > needs_login)) {
        abort();
    }
    free(text);
    return 0;
}
