/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file turn.c
 * @brief ICE servers: checks of their URIs, and logins for coturn.
 * Layer: pure.
 */
#include "video/turn.h"

#include "http/host.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

bool cctv_turn_make_login(const char *secret, uint32_t id, int64_t expiry,
                          cctv_turn_login_t *out)
{
    if (expiry < 1) {
        return false;
    }
    (void)snprintf(out->username, sizeof out->username,
                   "%" PRId64 ":%08" PRIx32, expiry, id);
    return cctv_hmac_sha1_base64(secret, out->username, out->credential);
}

/* @return the text after the scheme; NULL: the scheme is unknown */
static const char *behind_scheme(const char *text, bool *is_turn)
{
    static const char *const schemes[] = { "stun:", "turn:", "turns:" };
    size_t i;

    for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i]);

        if (strncmp(text, schemes[i], len) == 0) {
            *is_turn = i > 0;
            return text + len;
        }
    }
    return NULL;
}

bool cctv_turn_is_uri(const char *text, bool *needs_login)
{
    char host[CCTV_HOST_SIZE];
    bool is_turn = false;
    int port;
    const char *rest = behind_scheme(text, &is_turn);

    rest = rest == NULL ? NULL : cctv_host_parse(rest, host);
    rest = rest == NULL ? NULL : cctv_port_parse(rest, &port);
    if (rest == NULL
        || (*rest != '\0'
            && !(is_turn
                 && (strcmp(rest, "?transport=udp") == 0
                     || strcmp(rest, "?transport=tcp") == 0)))) {
        return false;
    }
    *needs_login = is_turn;
    return true;
}
