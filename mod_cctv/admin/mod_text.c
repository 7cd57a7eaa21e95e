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

bool cctv_admin_parse_id(const char *text, uint64_t *id)
{
    *id = 0;
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16) {
        return false;
    }
    for (; *text != '\0'; text++) {
        *id = *id << 4
              | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    }
    return *id != 0;
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
