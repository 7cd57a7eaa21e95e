/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file failure_words.h
 * @brief The failures of cameras: for each its name, and what people are told.
 * Layer: pure.
 *
 * The name is the same in the API, the database, the metrics, the log and on
 * the map page. t/check-failures.py compares them all with this list.
 */
#ifndef CCTV_VIDEO_FAILURE_WORDS_H
#define CCTV_VIDEO_FAILURE_WORDS_H

#include <stdint.h>

/**
 * The kind of a failure.
 *
 * CAMERA   nobody can watch the camera: it is offline, and requests are
 *          refused until the back-off is over
 * PICTURE  the camera sends, but viewers report that they see no proper
 *          picture. Since reports can be forged, nobody is refused
 * SERVER   the failure is one of the video server, and is not remembered
 */
typedef enum {
    CCTV_FAILS_CAMERA,
    CCTV_FAILS_PICTURE,
    CCTV_FAILS_SERVER
} cctv_fails_t;

/** X(constant, name, kind, first back-off, longest back-off in s, sentence) */
#define CCTV_FAILURE_LIST(X)                                                  \
    X(UNREACHABLE, "unreachable", CAMERA, 1, 60,                              \
      "The camera cannot be reached, or does not answer.")                    \
    X(REFUSED, "refused", CAMERA, 1, 60,                                      \
      "The camera refuses the connection.")                                   \
    X(LOGIN_REFUSED, "login_refused", CAMERA, 600, 600,                       \
      "The camera refuses the login.")                                        \
    X(NO_SUCH_PATH, "no_such_path", CAMERA, 1, 60,                            \
      "The camera has no video at its address.")                              \
    X(WANTS_OTHER_TRANSPORT, "wants_other_transport", CAMERA, 1, 60,          \
      "The camera does not send its video in a way that the video server "    \
      "can receive.")                                                         \
    X(NO_VIDEO, "no_video", CAMERA, 1, 60,                                    \
      "The camera says that it has no video.")                                \
    X(OTHER_CODEC, "other_codec", CAMERA, 1, 60,                              \
      "The camera sends another codec than the table of cameras says.")       \
    X(STOPPED_SENDING, "stopped_sending", CAMERA, 1, 60,                      \
      "The camera is connected, but sends nothing.")                          \
    X(B_FRAMES, "b_frames", PICTURE, 0, 0,                                    \
      "The camera sends B-frames, which browsers do not show.")               \
    X(NO_PARAMETER_SETS, "no_parameter_sets", PICTURE, 0, 0,                  \
      "The camera does not send the parameter sets of its video.")            \
    X(RARE_KEYFRAMES, "rare_keyframes", PICTURE, 0, 0,                        \
      "The camera sends a keyframe less than every 10 s.")                    \
    X(NO_CANDIDATES, "no_candidates", SERVER, 0, 0,                           \
      "The video server finds no network address to send video from.")

#define CCTV_FAILURE_ENUM(name, ...) CCTV_FAILURE_##name,

typedef enum {
    CCTV_FAILURE_NONE,
    CCTV_FAILURE_LIST(CCTV_FAILURE_ENUM) CCTV_FAILURE_COUNT
} cctv_failure_t;

typedef struct {
    const char *name;
    cctv_fails_t kind;
    int64_t first; /**< s */
    int64_t longest;
    const char *sentence; /**< for clients; it ends with a full stop */
} cctv_failure_words_t;

/** @return what is known about a failure, static. CCTV_FAILURE_NONE has the
 *  name "". Thread-safe. */
const cctv_failure_words_t *cctv_failure_words(cctv_failure_t why);

/** The names of the failures as values of a label, from the one after
 *  CCTV_FAILURE_NONE on: CCTV_FAILURE_COUNT - 1. */
extern const char *const cctv_failure_labels[];

#endif
