/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the list of cameras or of one camera.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_HANDLER_H
#define CCTV_CAMERAS_MOD_HANDLER_H

#include "json/writer.h"

#include "httpd.h"

/**
 * Answer that the camera does not exist or that the requester may not see it.
 */
int cctv_cameras_not_here(request_rec *r);

/**
 * Answer that cameras could not be read. @param status  from
 * cctv_source_list()
 */
int cctv_cameras_no_answer(request_rec *r, int status);

/** The address of the page after the camera with this id, relative to the
 *  server. @return allocated from r->pool */
const char *cctv_cameras_next_href(request_rec *r, int rank, int id);

/**
 * Send an answer for which cctv_reply_is_unchanged() has been asked.
 * @param json  owned by this function; without memory the answer is 503
 */
int cctv_cameras_send(request_rec *r, cctv_json_t *json);

/** The handler cctv-cameras. */
int cctv_cameras_handler(request_rec *r);

#endif
