/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file describe.h
 * @brief Asks a camera by RTSP what it sends, to find out why Janus cannot show
 *        it. Janus itself does not say why.
 * Layer: pure.
 *
 * The camera is asked as Janus asks it: by TCP, for the full URL and after a
 * 404 for the path, without a login and after a 401 with the login, by Basic or
 * Digest. But the login is sent once and no more, a redirect is not followed,
 * and the answer is limited to CCTV_DESCRIBE_MAX.
 */
#ifndef CCTV_VIDEO_DESCRIBE_H
#define CCTV_VIDEO_DESCRIBE_H

#include "core/clock.h"
#include "janus/mountpoint.h"
#include "sdp/camera_sdp.h"
#include "video/failure_words.h"

/** The largest answer: bytes of the headers, and of the body. */
#define CCTV_DESCRIBE_MAX CCTV_CAMERA_SDP_MAX_BYTES

typedef struct {
    /**
     * Why the camera cannot be shown; CCTV_FAILURE_NONE: nothing is wrong so
     * far.
     */
    cctv_failure_t why;
    /**
     * Whether this is the camera's answer. If not, another machine may reach
     * the camera all the same.
     */
    bool is_answer;
    int status;            /**< of RTSP; 0: there was no answer */
    bool is_path_only;     /**< it knows its path, but not its full URL */
    cctv_camera_sdp_t sdp; /**< with status 200 */
} cctv_description_t;

/** Whether a camera can be asked: its URL is rtsp://, and its host is a name
 *  or the address of one machine. */
bool cctv_describe_can(const cctv_feed_t *feed);

/** A connection to a camera. */
typedef struct cctv_camera_line cctv_camera_line_t;

/**
 * Ask a camera for its description. Blocks until the deadline at the latest.
 * The connection stays open.
 *
 * @param feed   for which cctv_describe_can() is true
 * @param codec  of the table; CCTV_CODEC_UNKNOWN: any is right
 * @param out    always written; stays valid until cctv_describe_close()
 * @return the connection, for cctv_describe_close(); NULL: none
 * Thread-safe.
 */
cctv_camera_line_t *cctv_describe_open(const cctv_feed_t *feed,
                                       cctv_codec_t codec,
                                       cctv_time_t deadline,
                                       cctv_description_t *out);

/** Close a connection. @param line  NULL: does nothing */
void cctv_describe_close(cctv_camera_line_t *line);

/**
 * Find out why Janus could not connect to a camera whose description is right:
 * ask the camera to send by UDP, as Janus does, but not to begin.
 *
 * @param out  of cctv_describe_open(), with CCTV_FAILURE_NONE; gets the failure,
 *             CCTV_FAILURE_UNREACHABLE if none is found, and the status
 * Blocks and is thread-safe as cctv_describe_open().
 */
void cctv_describe_set_up(const cctv_feed_t *feed, cctv_time_t deadline,
                          cctv_description_t *out);

/** The failure that a status of RTSP means, other than 200. Thread-safe. */
cctv_failure_t cctv_describe_failure(int status);

#endif
