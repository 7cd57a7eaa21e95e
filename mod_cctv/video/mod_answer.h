/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_answer.h
 * @brief Handler of the POST request with a browser's SDP answer.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_ANSWER_H
#define CCTV_VIDEO_MOD_ANSWER_H

#include "httpd.h"

/** The handler cctv-view-answer. */
int cctv_view_answer_handler(request_rec *r);

#endif
