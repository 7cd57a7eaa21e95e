/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file camera_sdp.h
 * @brief Reads what a camera's SDP (the answer to RTSP DESCRIBE) says.
 * Layer: pure.
 */
#ifndef CCTV_SDP_CAMERA_SDP_H
#define CCTV_SDP_CAMERA_SDP_H

#include "sdp/format.h"

#define CCTV_CAMERA_SDP_MAX_BYTES 65536
#define CCTV_CAMERA_SDP_MAX_LINE  4096
#define CCTV_CAMERA_SDP_MAX_LINES 1024

/** Has no pointers, so it may be stored in shared memory. */
typedef struct {
    bool is_sdp;    /**< it starts with the line v=0 */
    bool is_cut;    /**< something was beyond the limits and was not read */
    bool has_video; /**< The rest is about the first video section. */
    /** CCTV_CODEC_UNKNOWN if `codec_name` is none of the list. */
    cctv_codec_t codec;
    /** as in RTP, letters, digits, '-', '.', '_'; "" if it is missing or odd */
    char codec_name[17];
    int payload_type; /**< 0 to 127; -1: none was readable */
    /** 6 small hex digits of H.264; "" if it is missing or wrong */
    char profile_level_id[7];
    /** printable ASCII without blanks; "" if it is missing, odd or long */
    char control[129];
    int packetization_mode; /**< 0 to 2; -1: it is missing or wrong */
    /** The SDP has SPS and PPS, for H.265 VPS, too. Without them in SDP or
     * video a decoder cannot start. */
    bool has_parameter_sets;
    bool has_audio_first; /**< an audio section is before the video */
    bool has_metadata;    /**< a section of ONVIF metadata */
    int audio_sections;
    int other_sections; /**< neither audio nor video, and further video */
} cctv_camera_sdp_t;

/**
 * Read a camera's SDP. Cameras write SDP with mistakes, and Janus plays many of
 * them: lines that are too long, or that have control characters in them, are
 * skipped. What is beyond the limits above is not read.
 *
 * @param text  len bytes, not necessarily NUL-terminated; not kept
 * @param out   always written
 * Thread-safe. Allocates nothing.
 */
void cctv_camera_sdp_read(const char *text, size_t len,
                          cctv_camera_sdp_t *out);

typedef enum {
    CCTV_CAMERA_SENDS_SAME,
    CCTV_CAMERA_SENDS_OTHER_CODEC,
    CCTV_CAMERA_SENDS_NO_VIDEO,
    CCTV_CAMERA_SENDS_NO_SDP
} cctv_camera_sends_t;

/**
 * Compare what a camera sends with the table.
 *
 * @param codec  of the table; CCTV_CODEC_UNKNOWN: it says nothing, so any codec
 *               is the same
 * Thread-safe.
 */
cctv_camera_sends_t cctv_camera_sdp_compare(const cctv_camera_sdp_t *camera,
                                            cctv_codec_t codec);

/** profile_idc, such as 0x4D; 0: not known. Thread-safe. */
int cctv_camera_sdp_profile(const cctv_camera_sdp_t *camera);

#endif
