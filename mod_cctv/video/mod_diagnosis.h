/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_diagnosis.h
 * @brief Finds out why a camera cannot be shown, remembers it, and tells it.
 * Layer: httpd.
 *
 * A camera that is not connected is asked before Janus is (describe.h). If it
 * says why it cannot be shown, Janus is not asked. If there is no answer, Janus
 * is asked all the same, because it may run on a machine that reaches the
 * camera.
 *
 * Each stream of a camera fails for itself. `id` is the id of its mountpoint.
 */
#ifndef CCTV_VIDEO_MOD_DIAGNOSIS_H
#define CCTV_VIDEO_MOD_DIAGNOSIS_H

#include "video/describe.h"
#include "video/failures.h"
#include "views/views.h"

#include "httpd.h"

/** All zero: nothing is known. */
typedef struct {
    cctv_failed_t failed;
    cctv_description_t found;
    bool is_described; /**< the camera has answered before Janus was asked */
    bool is_janus_refused;    /**< Janus was asked, and could not connect */
    cctv_camera_line_t *line; /**< see cctv_diagnosis_begin() */
} cctv_diagnosis_t;

/** Ask a camera before Janus connects to it. This takes at most a quarter of
 *  CCTVJanusColdTimeout. The connection stays open: a camera that ends its
 *  stream with its last connection would refuse Janus for a moment.
 *  @return whether Janus may connect to it; if so, call cctv_diagnosis_close()
 *          after that */
bool cctv_diagnosis_begin(cctv_diagnosis_t *diagnosis, const cctv_feed_t *feed,
                          cctv_time_t deadline);

/** Close the connection of cctv_diagnosis_begin(), if there is one. */
void cctv_diagnosis_close(cctv_diagnosis_t *diagnosis);

/** Find out why Janus could not connect to a camera. */
void cctv_diagnosis_end(cctv_diagnosis_t *diagnosis, const cctv_feed_t *feed,
                        cctv_time_t deadline);

/** Note that Janus has connected to a camera of another codec than told.
 *  @param sent  CCTV_CODEC_UNKNOWN: one that Janus does not know */
void cctv_diagnosis_set_codec(cctv_diagnosis_t *diagnosis, cctv_codec_t sent,
                              cctv_codec_t told);

/** Note that the attempt of this request to show a camera has failed: in the
 *  memory of failures, in the metrics, and if it is a change in the log. */
void cctv_diagnosis_note(request_rec *r, int64_t id, const cctv_feed_t *feed,
                         cctv_diagnosis_t *diagnosis);

/** Note a failure that was not found by an attempt, as cctv_diagnosis_note().
 *  @param hint  the end of the log line, with a space before it */
void cctv_diagnosis_note_for(server_rec *s, int64_t id, cctv_failure_t why,
                             const char *hint);

/** Check that the stream of a viewer has not just failed: see is_promising of
 *  cctv_transport_ops_t. */
bool cctv_diagnosis_is_promising(request_rec *r, const cctv_viewer_t *viewer,
                                 int *result);

/** Answer a request whose stream cannot be shown.
 *  @param failed  what is told if nothing is remembered */
int cctv_diagnosis_answer(request_rec *r, const cctv_viewer_t *viewer,
                          const cctv_failed_t *failed);

/** Note whether the SDP of Janus has candidates. Logs the first one without. */
void cctv_diagnosis_note_candidates(request_rec *r, bool has_any);

int cctv_diagnosis_answer_no_candidates(request_rec *r);

#endif
