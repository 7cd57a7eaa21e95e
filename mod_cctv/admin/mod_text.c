/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_text.c
 * @brief How the admin's view writes times, ids and names.
 * Layer: httpd.
 */
#include "admin/mod_text.h"

#include "apr_strings.h"
#include "apr_time.h"

#include <string.h>

json_t *cctv_admin_time(cctv_time_t time, cctv_time_t now)
{
    apr_time_exp_t at;
    char text[24];

    apr_time_exp_gmt(&at, apr_time_now() + (time - now));
    apr_snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ",
                 at.tm_year + 1900, at.tm_mon + 1, at.tm_mday, at.tm_hour,
                 at.tm_min, at.tm_sec);
    return json_string(text);
}

json_t *cctv_admin_id(uint64_t id)
{
    char text[17];

    if (id == 0) {
        return json_null();
    }
    apr_snprintf(text, sizeof text, "%016" APR_UINT64_T_HEX_FMT, id);
    return json_string(text);
}

/* Read `digits` hexadecimal digits. */
static bool read_hex(const char **text, int digits, uint64_t *number)
{
    *number = 0;
    for (; digits > 0; digits--, (*text)++) {
        if (**text == '\0' || strchr("0123456789abcdef", **text) == NULL) {
            return false;
        }
        *number = *number << 4
                  | (uint64_t)(**text <= '9' ? **text - '0'
                                             : **text - 'a' + 10);
    }
    return true;
}

bool cctv_admin_parse_id(const char *text, uint64_t *id)
{
    return read_hex(&text, 16, id) && *text == '\0' && *id != 0;
}

json_t *cctv_admin_view(cctv_public_id_t id)
{
    char text[CCTV_PUBLIC_ID_LENGTH + 1];

    if (id.high == 0) {
        return json_null();
    }
    cctv_public_id_text(id, text);
    return json_string(text);
}

bool cctv_admin_parse_view(const char *text, cctv_public_id_t *id)
{
    uint64_t low;

    *id = (cctv_public_id_t){ .high = 0 };
    if (!read_hex(&text, 16, &id->high) || !read_hex(&text, 8, &low)) {
        return false;
    }
    id->low = (uint32_t)low;
    return *text == '\0' && id->high != 0;
}

json_t *cctv_admin_name(const char *name)
{
    return name[0] == '\0' ? json_null() : json_string(name);
}

json_t *cctv_admin_seconds(int64_t us)
{
    int64_t ms = us / 1000;

    return json_real((double)ms / 1000);
}
