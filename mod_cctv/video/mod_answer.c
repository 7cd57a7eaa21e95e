/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_answer.c
 * @brief Handler of the POST request with a browser's SDP answer.
 * Layer: httpd.
 */
#include "video/mod_answer.h"

#include "http/mod_reply.h"
#include "views/mod_part.h"
#include "video/mod_lifecycle.h"
#include "video/mod_sdp_answer.h"
#include "views/mod_admission.h"
#include "views/mod_notes.h"
#include "views/mod_post.h"

#include <string.h>

/* The longest body: 16 kB of SDP with all line ends escaped. Bytes. */
#define BODY_MAX 20480

/* The body is {"session_id": "…", "sdp": "…"}. */
static int answer_view(request_rec *r, const char *id, const json_t *body)
{
    const char *sdp = json_string_value(json_object_get(body, "sdp"));
    cctv_view_t view;
    int result;

    if (sdp == NULL) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                  "The body has to be {\"session_id\": \"…\", "
                                  "\"sdp\": \"…\"}.");
    }
    if (!cctv_view_find(cctv_views(), id, cctv_admission_user(r),
                        cctv_moment_now(), &view)
        || view.transport != CCTV_TRANSPORT_SERVER || cctv_video() == NULL) {
        return cctv_reply_problem(r, HTTP_NOT_FOUND, cctv_view_missing);
    }
    cctv_notes_view(r, &view);
    if (!cctv_admission_may_see(r, view.role)) {
        cctv_view_end(cctv_views(), &view, CCTV_ENDED_DENIED,
                      cctv_moment_now());
        return cctv_reply_problem(r, HTTP_NOT_FOUND, cctv_view_missing);
    }
    return cctv_sdp_answer(r, &view, sdp, strlen(sdp), &result)
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : result;
}

int cctv_view_answer_handler(request_rec *r)
{
    return cctv_view_post(r, BODY_MAX, answer_view);
}
