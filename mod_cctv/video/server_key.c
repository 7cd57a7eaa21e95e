/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file server_key.c
 * @brief The names of Janus servers, and the keys that stand for them.
 * Layer: pure.
 */
#include "video/server_key.h"

#include "views/discard.h"

#include <string.h>
#include <xxhash.h>

bool cctv_server_name_is_right(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    return len > 0 && len <= CCTV_SERVER_NAME_MAX && name[len] == '\0';
}

uint16_t cctv_server_key(const char *name)
{
    return name[0] == '\0' ? 0
                           : (uint16_t)(XXH3_64bits(name, strlen(name))
                                            % (CCTV_SERVER_KEYS - 1)
                                        + 1);
}
