/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_sdp.c
 * @brief Texts of SDP for unit tests.
 */
#include "t_sdp.h"

#include "t_common.h"

#include "../fuzz/sdp_lines.h"

#include "apr_strings.h"

#include <stdio.h>

cctv_slice_t t_sdp(const char *name)
{
    FILE *file = fopen(apr_pstrcat(pool, "t/fuzz/corpus/", name, NULL), "rb");
    char *text = apr_palloc(pool, CCTV_SDP_MAX_BYTES + 1);
    size_t len;

    ck_assert_msg(file != NULL, "%s", name);
    len = fread(text, 1, CCTV_SDP_MAX_BYTES, file);
    fclose(file);
    text[len] = '\0';
    return (cctv_slice_t){ text, len };
}

cctv_slice_t t_replace(cctv_slice_t text, const char *old, const char *new)
{
    const char *rest = text.at;
    const char *found = strstr(rest, old);
    const char *out = "";

    ck_assert_msg(found != NULL, "%s is not in\n%s", old, text.at);
    for (; found != NULL; found = strstr(rest, old)) {
        out = apr_pstrcat(pool, out,
                          apr_pstrndup(pool, rest, (size_t)(found - rest)),
                          new, NULL);
        rest = found + strlen(old);
    }
    return cctv_slice(apr_pstrcat(pool, out, rest, NULL));
}

const cctv_janus_sdp_t *t_janus_sdp(const char *text)
{
    cctv_janus_sdp_t *out = apr_palloc(pool, sizeof *out);

    ck_assert_int_eq(
        cctv_janus_sdp_read(text, strlen(text), CCTV_CODEC_H264, out),
        CCTV_SDP_OK);
    return out;
}

void t_assert_ours(const char *text)
{
    const char *line = sdp_bad_line(text);

    ck_assert_msg(line == NULL, "This line is in the SDP: %s", line);
}
