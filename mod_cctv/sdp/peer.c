/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file peer.c
 * @brief The video of a viewer: what Janus has to know of the viewer's SDP.
 * Layer: pure.
 */
#include "sdp/peer.h"

#include <limits.h>

#define HEX "0123456789abcdefABCDEF"
#define ALPHANUMERIC                                                          \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

#define MAX_PAYLOAD_TYPE 127
#define BASELINE         0x42

#define FEEDBACK_TEXT(name, text) text,

const char *const cctv_sdp_feedback_texts[] = { CCTV_SDP_FEEDBACK_LIST(
    FEEDBACK_TEXT) };

/* Cut the next payload type off the formats of a section. */
static int next_payload_type(cctv_slice_t *formats)
{
    return (int)cctv_slice_number(cctv_slice_cut(formats, ' '),
                                  MAX_PAYLOAD_TYPE);
}

static bool has_format(const cctv_sdp_section_t *section, int payload_type)
{
    cctv_slice_t formats = section->formats;

    while (formats.at != NULL) {
        if (next_payload_type(&formats) == payload_type) {
            return true;
        }
    }
    return false;
}

/* The first rtpmap and the first fmtp of each payload type. They are read once,
 * so that the time grows with the size of the text only. */
typedef struct {
    cctv_slice_t rtpmap[MAX_PAYLOAD_TYPE + 1];
    cctv_slice_t fmtp[MAX_PAYLOAD_TYPE + 1];
} formats_t;

static void read_all(cctv_slice_t lines, const char *name, cctv_slice_t *out)
{
    cctv_slice_t value;

    while (cctv_sdp_next_attribute(&lines, name, &value)) {
        int number = next_payload_type(&value);

        if (number >= 0 && out[number].at == NULL) {
            out[number] = cctv_slice_trim(value);
        }
    }
}

static void read_formats(const cctv_sdp_section_t *section, formats_t *out)
{
    *out = (formats_t){ .rtpmap = { { NULL, 0 } } };
    read_all(section->lines, "rtpmap", out->rtpmap);
    read_all(section->lines, "fmtp", out->fmtp);
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* @return the first byte of profile-level-id; without one it is Baseline, as
 * RFC 6184 has it */
static int profile_of(cctv_slice_t fmtp)
{
    cctv_slice_t id = cctv_sdp_parameter(fmtp, "profile-level-id");

    return cctv_slice_consists_of(id, HEX, 6, 6)
               ? hex_digit(id.at[0]) * 16 + hex_digit(id.at[1])
               : BASELINE;
}

static int distance_of_h264(cctv_slice_t fmtp, int profile)
{
    cctv_slice_t mode = cctv_sdp_parameter(fmtp, "packetization-mode");
    int own = profile_of(fmtp);
    int distance = own == profile ? 0 : own == BASELINE ? 1 : 2;

    /* RFC 6184: without the parameter it is mode 0, single NAL units only.
     * Some players mean 1 nevertheless, so it is the last resort. */
    return cctv_slice_is(mode, "1")                      ? distance
           : mode.at == NULL || cctv_slice_is(mode, "0") ? 10 + distance
                                                         : INT_MAX;
}

/* Whether the format is that of the first profile, which all decoders have. */
static int distance_of_profile(cctv_slice_t fmtp, const char *name,
                               const char *first)
{
    cctv_slice_t profile = cctv_sdp_parameter(fmtp, name);

    return profile.at == NULL || cctv_slice_is(profile, first) ? 0 : 1;
}

/* @return how badly the format suits the camera; INT_MAX: not at all */
static int distance_of(cctv_codec_t codec, cctv_slice_t fmtp, int profile)
{
    switch (codec) {
    case CCTV_CODEC_H264:
        return distance_of_h264(fmtp, profile);
    case CCTV_CODEC_H265:
        return distance_of_profile(fmtp, "profile-id", "1");
    case CCTV_CODEC_VP9:
        return distance_of_profile(fmtp, "profile-id", "0");
    case CCTV_CODEC_AV1:
        return distance_of_profile(fmtp, "profile", "0");
    default:
        return 0;
    }
}

static int rtx_of(const cctv_sdp_section_t *section, const formats_t *formats,
                  int payload_type)
{
    int i;

    for (i = 0; i <= MAX_PAYLOAD_TYPE; i++) {
        cctv_slice_t apt = cctv_sdp_parameter(formats->fmtp[i], "apt");

        if (i != payload_type
            && cctv_slice_number(apt, MAX_PAYLOAD_TYPE) == payload_type
            && cctv_slice_is_same_letters(formats->rtpmap[i], "rtx/90000")
            && has_format(section, i)) {
            return i;
        }
    }
    return -1;
}

static unsigned feedback_of(cctv_slice_t lines, int payload_type)
{
    cctv_slice_t value;
    unsigned feedback = 0;

    while (cctv_sdp_next_attribute(&lines, "rtcp-fb", &value)) {
        cctv_slice_t format = cctv_slice_cut(&value, ' ');
        int i;

        if (!cctv_slice_is(format, "*")
            && cctv_slice_number(format, MAX_PAYLOAD_TYPE) != payload_type) {
            continue;
        }
        for (i = 0; i < CCTV_SDP_FEEDBACK_COUNT; i++) {
            if (cctv_slice_is(cctv_slice_trim(value),
                              cctv_sdp_feedback_texts[i])) {
                feedback |= 1U << (unsigned)i;
            }
        }
    }
    return feedback;
}

bool cctv_sdp_choose_format(const cctv_sdp_section_t *section,
                            cctv_codec_t codec, int profile,
                            cctv_sdp_format_t *out)
{
    cctv_slice_t rest = section->formats;
    formats_t formats;
    int best = INT_MAX;
    int chosen = -1;

    read_formats(section, &formats);
    while (rest.at != NULL) {
        int number = next_payload_type(&rest);
        int distance;

        if (number < 0
            || cctv_codec_of_rtpmap(formats.rtpmap[number]) != codec) {
            continue;
        }
        distance = distance_of(codec, formats.fmtp[number], profile);
        if (distance < best) {
            best = distance;
            chosen = number;
        }
    }
    if (chosen < 0) {
        return false;
    }
    *out = (cctv_sdp_format_t){ .codec = codec,
                                .payload_type = chosen,
                                .rtx = rtx_of(section, &formats, chosen),
                                .fmtp = formats.fmtp[chosen],
                                .feedback = feedback_of(section->lines,
                                                        chosen) };
    return true;
}

unsigned cctv_sdp_codecs(const cctv_sdp_section_t *section)
{
    cctv_slice_t rest = section->formats;
    formats_t formats;
    unsigned codecs = 0;

    read_formats(section, &formats);
    while (rest.at != NULL) {
        int number = next_payload_type(&rest);

        if (number >= 0) {
            codecs |= CCTV_CODEC_BIT(
                cctv_codec_of_rtpmap(formats.rtpmap[number]));
        }
    }
    return codecs & ~CCTV_CODEC_BIT(CCTV_CODEC_UNKNOWN);
}

/* The parameters of a codec that are passed on, NULL-terminated. */
static const char *const *capabilities_of(cctv_codec_t codec)
{
    static const char *const h264[] = { "level-asymmetry-allowed",
                                        "packetization-mode",
                                        "profile-level-id", NULL };
    static const char *const h265[] = { "level-id", "profile-id", "tier-flag",
                                        "tx-mode", NULL };
    static const char *const vp9[] = { "profile-id", NULL };
    static const char *const av1[] = { "level-idx", "profile", "tier", NULL };
    static const char *const nothing[] = { NULL };

    return codec == CCTV_CODEC_H264   ? h264
           : codec == CCTV_CODEC_H265 ? h265
           : codec == CCTV_CODEC_VP9  ? vp9
           : codec == CCTV_CODEC_AV1  ? av1
                                      : nothing;
}

bool cctv_sdp_next_capability(cctv_codec_t codec, cctv_slice_t *rest,
                              const char **name, cctv_slice_t *value)
{
    while (rest->at != NULL) {
        const char *const *each = capabilities_of(codec);
        cctv_slice_t found;

        *value = cctv_slice_cut(rest, ';');
        found = cctv_slice_trim(cctv_slice_cut(value, '='));
        *value = cctv_slice_trim(*value);
        for (; *each != NULL; each++) {
            if (cctv_slice_is_same_letters(found, *each)
                && cctv_slice_consists_of(*value, ALPHANUMERIC, 1, 16)) {
                *name = *each;
                return true;
            }
        }
    }
    return false;
}
