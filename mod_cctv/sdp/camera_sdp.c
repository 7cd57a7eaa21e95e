/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file camera_sdp.c
 * @brief Reads what a camera's SDP (the answer to RTSP DESCRIBE) says.
 * Layer: pure.
 */
#include "sdp/camera_sdp.h"

#include "apr_lib.h"

#include <string.h>

#define ALPHANUMERIC                                                          \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

#define MAX_PAYLOAD_TYPE 127
#define STATIC_JPEG      26

/* Where a reader is. */
typedef enum {
    IN_SESSION,
    IN_VIDEO,
    IN_OTHER
} section_t;

static bool is_text(cctv_slice_t line)
{
    size_t i;

    for (i = 0; i < line.len; i++) {
        if ((unsigned char)line.at[i] < ' ' || line.at[i] == '\x7F') {
            return false;
        }
    }
    return true;
}

/* Copy a checked text; it fits. */
static void copy(char *out, cctv_slice_t text)
{
    memcpy(out, text.at, text.len);
    out[text.len] = '\0';
}

/* Read the first payload type of "0 RTP/AVP 96". */
static void read_video(cctv_slice_t rest, cctv_camera_sdp_t *camera)
{
    (void)cctv_slice_cut(&rest, ' ');
    (void)cctv_slice_cut(&rest, ' ');
    camera->has_video = true;
    camera->payload_type = (int)cctv_slice_number(cctv_slice_cut(&rest, ' '),
                                                  MAX_PAYLOAD_TYPE);
    if (camera->payload_type == STATIC_JPEG) {
        camera->codec = CCTV_CODEC_MJPEG;
        copy(camera->codec_name, cctv_slice("JPEG"));
    }
}

/* Read "video 0 RTP/AVP 96". */
static section_t enter_section(cctv_slice_t rest, cctv_camera_sdp_t *camera)
{
    cctv_slice_t kind = cctv_slice_cut(&rest, ' ');

    if (cctv_slice_is(kind, "video") && !camera->has_video) {
        read_video(rest, camera);
        return IN_VIDEO;
    }
    if (cctv_slice_is(kind, "audio")) {
        camera->audio_sections++;
        camera->has_audio_first |= !camera->has_video;
    }
    else {
        camera->other_sections++;
    }
    return IN_OTHER;
}

/* Read "H264/90000". */
static void read_codec(cctv_slice_t value, cctv_camera_sdp_t *camera)
{
    cctv_slice_t name = cctv_slice_cut(&value, '/');

    if (cctv_slice_consists_of(name, ALPHANUMERIC "-._", 1,
                               sizeof camera->codec_name - 1)) {
        copy(camera->codec_name, name);
        camera->codec = cctv_codec_of_rtp(name);
    }
}

static bool has_value(cctv_slice_t fmtp, const char *name)
{
    return cctv_sdp_parameter(fmtp, name).len > 0;
}

/* H.264 has SPS and PPS in one parameter, with a comma between them; H.265 has
 * a parameter for each. */
static bool has_parameter_sets(cctv_slice_t fmtp)
{
    cctv_slice_t sps = cctv_sdp_parameter(fmtp, "sprop-parameter-sets");
    cctv_slice_t pps = sps;

    sps = cctv_slice_cut(&pps, ',');
    return (sps.len > 0 && pps.len > 0)
           || (has_value(fmtp, "sprop-vps") && has_value(fmtp, "sprop-sps")
               && has_value(fmtp, "sprop-pps"));
}

static void read_fmtp(cctv_slice_t fmtp, cctv_camera_sdp_t *camera)
{
    cctv_slice_t profile = cctv_sdp_parameter(fmtp, "profile-level-id");
    char *c;

    camera->packetization_mode = (int)cctv_slice_number(
        cctv_sdp_parameter(fmtp, "packetization-mode"), 2);
    if (cctv_slice_consists_of(profile, "0123456789abcdefABCDEF", 6, 6)) {
        copy(camera->profile_level_id, profile);
        for (c = camera->profile_level_id; *c != '\0'; c++) {
            *c = (char)apr_tolower(*c);
        }
    }
    camera->has_parameter_sets = has_parameter_sets(fmtp);
}

static bool is_graphic(cctv_slice_t text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.at[i] <= ' ' || text.at[i] > '~') {
            return false;
        }
    }
    return true;
}

static void read_control(cctv_slice_t line, cctv_camera_sdp_t *camera)
{
    cctv_slice_t value = cctv_sdp_attribute(line, "control");

    if (value.at != NULL && value.len < sizeof camera->control
        && is_graphic(value)) {
        copy(camera->control, value);
    }
}

static void read_video_line(cctv_slice_t line, cctv_camera_sdp_t *camera)
{
    int number = camera->payload_type;
    cctv_slice_t value = cctv_sdp_format_attribute(line, "rtpmap", number);

    read_control(line, camera);
    if (number < 0) {
        return;
    }
    if (value.at != NULL && camera->codec_name[0] == '\0') {
        read_codec(value, camera);
    }
    value = cctv_sdp_format_attribute(line, "fmtp", number);
    if (value.at != NULL) {
        read_fmtp(value, camera);
    }
}

static void read_other_line(cctv_slice_t line, cctv_camera_sdp_t *camera)
{
    cctv_slice_t value = cctv_sdp_attribute(line, "rtpmap");

    (void)cctv_slice_cut(&value, ' ');
    value = cctv_slice_cut(&value, '/');
    if (cctv_slice_starts(value, "vnd.onvif.metadata")) {
        camera->has_metadata = true;
    }
}

static section_t read_line(cctv_slice_t line, section_t section,
                           cctv_camera_sdp_t *camera)
{
    if (cctv_slice_starts(line, "m=")) {
        return enter_section((cctv_slice_t){ line.at + 2, line.len - 2 },
                             camera);
    }
    if (section == IN_VIDEO) {
        read_video_line(line, camera);
    }
    else if (section == IN_OTHER) {
        read_other_line(line, camera);
    }
    return section;
}

static bool is_first_line(cctv_slice_t line)
{
    return cctv_slice_is(cctv_slice_trim(line), "v=0");
}

static void read_lines(cctv_slice_t rest, cctv_camera_sdp_t *camera)
{
    section_t section = IN_SESSION;
    cctv_slice_t line;
    int count = 0;

    while (cctv_sdp_next_line(&rest, &line)) {
        if (++count > CCTV_CAMERA_SDP_MAX_LINES) {
            camera->is_cut = true;
            return;
        }
        if (line.len > CCTV_CAMERA_SDP_MAX_LINE) {
            camera->is_cut = true;
        }
        else if (is_text(line)) {
            section = read_line(line, section, camera);
        }
    }
}

void cctv_camera_sdp_read(const char *text, size_t len, cctv_camera_sdp_t *out)
{
    cctv_slice_t rest = { text, len };
    cctv_slice_t line;

    memset(out, 0, sizeof *out);
    out->payload_type = -1;
    out->packetization_mode = -1;
    if (len > CCTV_CAMERA_SDP_MAX_BYTES) {
        out->is_cut = true;
        rest.len = CCTV_CAMERA_SDP_MAX_BYTES;
    }
    out->is_sdp = cctv_sdp_next_line(&rest, &line) && is_first_line(line);
    if (out->is_sdp) {
        read_lines(rest, out);
    }
    out->has_audio_first = out->has_audio_first && out->has_video;
}

cctv_camera_sends_t cctv_camera_sdp_compare(const cctv_camera_sdp_t *camera,
                                            cctv_codec_t codec)
{
    if (!camera->is_sdp) {
        return CCTV_CAMERA_SENDS_NO_SDP;
    }
    if (!camera->has_video) {
        return CCTV_CAMERA_SENDS_NO_VIDEO;
    }
    return codec == CCTV_CODEC_UNKNOWN
                   || cctv_codec_is_same_in_rtp(camera->codec, codec)
               ? CCTV_CAMERA_SENDS_SAME
               : CCTV_CAMERA_SENDS_OTHER_CODEC;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

int cctv_camera_sdp_profile(const cctv_camera_sdp_t *camera)
{
    const char *id = camera->profile_level_id;

    return id[0] == '\0' ? 0 : hex_digit(id[0]) * 16 + hex_digit(id[1]);
}
