/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file text.c
 * @brief A growing text in a pool, and the lines that several SDPs have.
 * Layer: pure.
 */
#include "sdp/text.h"

#include "apr_strings.h"

#include <stdarg.h>
#include <string.h>

#define FIRST_SIZE 4096

cctv_sdp_text_t cctv_sdp_text(apr_pool_t *pool)
{
    cctv_sdp_text_t out = { .pool = pool,
                            .data = apr_palloc(pool, FIRST_SIZE),
                            .size = FIRST_SIZE };

    out.data[0] = '\0';
    return out;
}

/* Make room for n more bytes and the NUL. */
static void reserve(cctv_sdp_text_t *out, size_t n)
{
    char *data;

    if (n < out->size - out->len) {
        return;
    }
    out->size = 2 * (out->size + n);
    data = apr_palloc(out->pool, out->size);
    memcpy(data, out->data, out->len + 1);
    out->data = data;
}

static void add(cctv_sdp_text_t *out, const char *text)
{
    size_t len = strlen(text);

    reserve(out, len);
    memcpy(out->data + out->len, text, len + 1);
    out->len += len;
}

/* Append without a line end. */
static void put_part(cctv_sdp_text_t *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put_part(cctv_sdp_text_t *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(out, apr_pvsprintf(out->pool, format, arguments));
    va_end(arguments);
}

void cctv_sdp_put(cctv_sdp_text_t *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(out, apr_pvsprintf(out->pool, format, arguments));
    va_end(arguments);
    add(out, "\r\n");
}

void cctv_sdp_put_session(cctv_sdp_text_t *out, cctv_slice_t session_id,
                          cctv_slice_t session_version)
{
    cctv_sdp_put(out, "v=0");
    cctv_sdp_put(out, "o=- %.*s %.*s IN IP4 127.0.0.1",
                 CCTV_SLICE_ARGS(session_id),
                 CCTV_SLICE_ARGS(session_version));
    cctv_sdp_put(out, "s=-");
    cctv_sdp_put(out, "t=0 0");
}

void cctv_sdp_put_transport(cctv_sdp_text_t *out,
                            const cctv_sdp_transport_t *transport,
                            cctv_sdp_setup_t setup)
{
    cctv_sdp_put(out, "a=ice-ufrag:%.*s", CCTV_SLICE_ARGS(transport->ufrag));
    cctv_sdp_put(out, "a=ice-pwd:%.*s", CCTV_SLICE_ARGS(transport->pwd));
    cctv_sdp_put(out, "a=fingerprint:sha-256 %.*s",
                 CCTV_SLICE_ARGS(transport->fingerprint));
    cctv_sdp_put(out, "a=setup:%s", cctv_sdp_setup_name(setup));
}

void cctv_sdp_put_candidates(cctv_sdp_text_t *out,
                             const cctv_janus_sdp_t *janus)
{
    int i;

    for (i = 0; i < janus->candidate_count; i++) {
        const cctv_sdp_candidate_t *each = &janus->candidates[i];
        bool is_host = strcmp(each->type, "host") == 0;

        cctv_sdp_put(out, "a=candidate:%.*s 1 %s %u %.*s %d typ %s%s%s%s",
                     CCTV_SLICE_ARGS(each->foundation), each->protocol,
                     each->priority, CCTV_SLICE_ARGS(each->address),
                     each->port, each->type,
                     is_host ? "" : " raddr 0.0.0.0 rport 0",
                     each->tcp_type == NULL ? "" : " tcptype ",
                     each->tcp_type == NULL ? "" : each->tcp_type);
    }
    cctv_sdp_put(out, "a=end-of-candidates");
}

/* The peer's capabilities, as it wrote them. */
static void put_capabilities(cctv_sdp_text_t *out,
                             const cctv_sdp_format_t *format)
{
    cctv_slice_t rest = format->fmtp;
    cctv_slice_t value;
    const char *name;
    bool is_first = true;

    while (cctv_sdp_next_capability(format->codec, &rest, &name, &value)) {
        if (is_first) {
            put_part(out, "a=fmtp:%d ", format->payload_type);
        }
        put_part(out, "%s%s=%.*s", is_first ? "" : ";", name,
                 CCTV_SLICE_ARGS(value));
        is_first = false;
    }
    if (!is_first) {
        put_part(out, "\r\n");
    }
}

void cctv_sdp_put_format(cctv_sdp_text_t *out, const cctv_sdp_format_t *format,
                         const char *fmtp)
{
    int pt = format->payload_type;
    int i;

    cctv_sdp_put(out, "a=rtpmap:%d %s/90000", pt,
                 cctv_format(format->codec)->rtp);
    if (fmtp == NULL) {
        put_capabilities(out, format);
    }
    else if (*fmtp != '\0') {
        cctv_sdp_put(out, "a=fmtp:%d %s", pt, fmtp);
    }
    for (i = 0; i < CCTV_SDP_FEEDBACK_COUNT; i++) {
        if ((format->feedback & 1U << (unsigned)i) != 0) {
            cctv_sdp_put(out, "a=rtcp-fb:%d %s", pt,
                         cctv_sdp_feedback_texts[i]);
        }
    }
    if (format->rtx >= 0) {
        cctv_sdp_put(out, "a=rtpmap:%d rtx/90000", format->rtx);
        cctv_sdp_put(out, "a=fmtp:%d apt=%d", format->rtx, pt);
    }
}

void cctv_sdp_put_ssrcs(cctv_sdp_text_t *out, const cctv_janus_sdp_t *janus,
                        bool has_rtx)
{
    bool has_group = has_rtx && janus->ssrc_rtx > 0;

    if (has_group) {
        cctv_sdp_put(out, "a=ssrc-group:FID %u %u", janus->ssrc,
                     janus->ssrc_rtx);
    }
    cctv_sdp_put(out, "a=msid:janus janusv");
    if (janus->ssrc > 0) {
        cctv_sdp_put(out, "a=ssrc:%u cname:janus", janus->ssrc);
    }
    if (has_group) {
        cctv_sdp_put(out, "a=ssrc:%u cname:janus", janus->ssrc_rtx);
    }
}
