/* SPDX-License-Identifier: Apache-2.0 */
/* A camera's SDP: what is read of it keeps to its bounds and characters. */
#include "sdp/camera_sdp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size, const char *characters)
{
    const char *end = memchr(text, '\0', size);

    if (end == NULL || strspn(text, characters) != (size_t)(end - text)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cctv_camera_sdp_t camera;
    int codec;

    cctv_camera_sdp_read((const char *)data, size, &camera);
    check_text(camera.codec_name, sizeof camera.codec_name,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
               "0123456789-._");
    check_text(camera.profile_level_id, sizeof camera.profile_level_id,
               "0123456789abcdef");
    check_text(
        camera.control, sizeof camera.control,
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]"
        "^_`abcdefghijklmnopqrstuvwxyz{|}~");
    if (camera.payload_type < -1 || camera.payload_type > 127
        || camera.packetization_mode < -1 || camera.packetization_mode > 2
        || camera.audio_sections < 0
        || camera.audio_sections > CCTV_CAMERA_SDP_MAX_LINES
        || (camera.has_video && !camera.is_sdp)
        || cctv_camera_sdp_profile(&camera) > 0xFF) {
        abort();
    }
    for (codec = 0; codec < CCTV_CODEC_COUNT; codec++) {
        (void)cctv_camera_sdp_compare(&camera, (cctv_codec_t)codec);
    }
    return 0;
}
