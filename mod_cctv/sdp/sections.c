/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sections.c
 * @brief Splits the SDP of a WebRTC peer into its sections.
 * Layer: pure.
 */
#include "sdp/sections.h"

#include <string.h>

/* RFC 8866, token. */
#define TOKEN                                                                 \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"          \
    "!#$%&'*+-.^_`{|}~"

#define MAX_KIND     16
#define MAX_PROTOCOL 32
#define MAX_FORMAT   32

static bool is_line(cctv_slice_t line)
{
    size_t i;

    if (line.len < 2 || line.len > CCTV_SDP_MAX_LINE || line.at[0] < 'a'
        || line.at[0] > 'z' || line.at[1] != '=') {
        return false;
    }
    for (i = 2; i < line.len; i++) {
        if ((unsigned char)line.at[i] < ' ' || line.at[i] == '\x7F') {
            return false;
        }
    }
    return true;
}

static bool are_formats(cctv_slice_t formats)
{
    int count = 0;

    while (formats.at != NULL) {
        cctv_slice_t format = cctv_slice_cut(&formats, ' ');

        if (!cctv_slice_consists_of(format, TOKEN, 1, MAX_FORMAT)
            || ++count > CCTV_SDP_MAX_FORMATS) {
            return false;
        }
    }
    return count > 0;
}

/* Read "video 9 UDP/TLS/RTP/SAVPF 96 97". */
static bool read_m_line(cctv_slice_t value, cctv_sdp_section_t *section)
{
    long long port;

    section->kind = cctv_slice_cut(&value, ' ');
    port = cctv_slice_number(cctv_slice_cut(&value, ' '), 65535);
    section->protocol = cctv_slice_cut(&value, ' ');
    section->formats = value;
    section->is_rejected = port == 0;
    return cctv_slice_consists_of(section->kind, TOKEN, 1, MAX_KIND)
           && port >= 0
           && cctv_slice_consists_of(section->protocol, TOKEN "/", 1,
                                     MAX_PROTOCOL)
           && are_formats(section->formats);
}

static bool read_direction(cctv_slice_t lines, cctv_sdp_direction_t *out)
{
    static const char *const names[] = { [CCTV_SDP_SENDRECV] = "sendrecv",
                                         [CCTV_SDP_SENDONLY] = "sendonly",
                                         [CCTV_SDP_RECVONLY] = "recvonly",
                                         [CCTV_SDP_INACTIVE] = "inactive" };
    int i;

    /* Of two directions the one that allows less counts. */
    for (i = CCTV_SDP_INACTIVE; i >= CCTV_SDP_SENDRECV; i--) {
        if (cctv_sdp_has_attribute(lines, names[i])) {
            *out = (cctv_sdp_direction_t)i;
            return true;
        }
    }
    return false;
}

static bool has_mid(const cctv_sdp_section_t *section, cctv_slice_t mid)
{
    return section->mid.at != NULL && cctv_slice_equals(section->mid, mid);
}

/* @return its index; -1: there is none */
static int find_mid(const cctv_sdp_sections_t *all, int count,
                    cctv_slice_t mid)
{
    int i;

    for (i = 0; i < count; i++) {
        if (has_mid(&all->sections[i], mid)) {
            return i;
        }
    }
    return -1;
}

static bool read_mid(cctv_sdp_section_t *section)
{
    cctv_slice_t rest = section->lines;

    if (!cctv_sdp_next_attribute(&rest, "mid", &section->mid)) {
        return true;
    }
    return cctv_slice_consists_of(section->mid, TOKEN, 1, CCTV_SDP_MAX_MID)
           && !cctv_sdp_has_attribute(rest, "mid");
}

static cctv_sdp_fault_t read_attributes(cctv_sdp_sections_t *all)
{
    int i;

    for (i = 0; i < all->count; i++) {
        cctv_sdp_section_t *section = &all->sections[i];

        if (!read_mid(section)
            || (section->mid.at != NULL
                && find_mid(all, i, section->mid) >= 0)) {
            return CCTV_SDP_BAD_SECTION;
        }
        if (!read_direction(section->lines, &section->direction)) {
            (void)read_direction(all->lines, &section->direction);
        }
        if (cctv_sdp_has_attribute(section->lines, "bundle-only")) {
            section->is_rejected = false;
        }
    }
    return CCTV_SDP_OK;
}

/* Read the first "a=group:BUNDLE 0 1". */
static void read_bundle(cctv_sdp_sections_t *all)
{
    cctv_slice_t rest = all->lines;
    cctv_slice_t mids = { NULL, 0 };
    bool is_first = true;

    while (cctv_sdp_next_attribute(&rest, "group", &mids)) {
        if (cctv_slice_is(cctv_slice_cut(&mids, ' '), "BUNDLE")) {
            break;
        }
        mids.at = NULL;
    }
    while (mids.at != NULL) {
        int i = find_mid(all, all->count, cctv_slice_cut(&mids, ' '));

        if (is_first) {
            all->bundle_first = i;
            is_first = false;
        }
        if (i >= 0) {
            all->sections[i].is_bundled = true;
        }
    }
}

static cctv_sdp_fault_t add_section(cctv_sdp_sections_t *all,
                                    cctv_slice_t line, const char *after)
{
    cctv_sdp_section_t *section;

    if (all->count == CCTV_SDP_MAX_SECTIONS) {
        return CCTV_SDP_TOO_MANY_SECTIONS;
    }
    section = &all->sections[all->count++];
    *section = (cctv_sdp_section_t){ .lines = { after, 0 } };
    line.at += 2;
    line.len -= 2;
    return read_m_line(line, section) ? CCTV_SDP_OK : CCTV_SDP_BAD_SECTION;
}

static cctv_sdp_fault_t split_lines(cctv_slice_t rest,
                                    cctv_sdp_sections_t *all)
{
    cctv_slice_t *lines = &all->lines;
    const char *end = rest.at + rest.len;
    cctv_slice_t line;
    int count = 0;

    while (cctv_sdp_next_line(&rest, &line)) {
        const char *after = rest.at == NULL ? end : rest.at;
        cctv_sdp_fault_t fault = CCTV_SDP_OK;

        if (++count > CCTV_SDP_MAX_LINES) {
            return CCTV_SDP_TOO_MANY_LINES;
        }
        if (!is_line(line)) {
            return CCTV_SDP_BAD_LINE;
        }
        if (line.at[0] == 'm') {
            fault = add_section(all, line, after);
            lines = &all->sections[all->count - 1].lines;
        }
        if (fault != CCTV_SDP_OK) {
            return fault;
        }
        lines->len = (size_t)(after - lines->at);
    }
    return CCTV_SDP_OK;
}

cctv_sdp_fault_t cctv_sdp_split(const char *text, size_t len,
                                cctv_sdp_sections_t *out)
{
    cctv_slice_t all = { text, len };
    cctv_sdp_fault_t fault;

    out->count = 0;
    out->bundle_first = -1;
    out->lines = (cctv_slice_t){ text, 0 };
    if (len > CCTV_SDP_MAX_BYTES) {
        return CCTV_SDP_TOO_LARGE;
    }
    if (!cctv_slice_starts(all, "v=0\r\n")
        && !cctv_slice_starts(all, "v=0\n")) {
        return CCTV_SDP_NOT_SDP;
    }
    fault = split_lines(all, out);
    if (fault == CCTV_SDP_OK) {
        fault = read_attributes(out);
    }
    if (fault == CCTV_SDP_OK) {
        read_bundle(out);
    }
    return fault;
}

bool cctv_sdp_is_webrtc(const cctv_sdp_section_t *section)
{
    return cctv_slice_is(section->protocol, "UDP/TLS/RTP/SAVPF")
           || cctv_slice_is(section->protocol, "UDP/TLS/RTP/SAVP")
           || cctv_slice_is(section->protocol, "RTP/SAVPF");
}
