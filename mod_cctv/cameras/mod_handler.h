/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the list of cameras or of one camera.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_HANDLER_H
#define CCTV_CAMERAS_MOD_HANDLER_H

#include "cameras/filter.h"
#include "json/writer.h"

#include "httpd.h"

#include <stdbool.h>

/**
 * Answer that the camera does not exist or that the requester may not see it.
 */
int cctv_cameras_not_here(request_rec *r);

/**
 * Answer that cameras could not be read. @param status  from
 * cctv_source_list()
 */
int cctv_cameras_no_answer(request_rec *r, int status);

/** The address of the page after the camera with this id, in the form that
 *  the filter asks for. @param rank  of the camera; -1: there are no words
 *  (cameras/words.h). @return allocated from r->pool */
const char *cctv_cameras_next_href(request_rec *r, const cctv_filter_t *filter,
                                   int rank, int id);

/**
 * Parse the filter of a list.
 *
 * @param args    the query string; NULL: there is none
 * @param result  written on failure, when the request has been answered: what
 *                the handler has to return
 */
bool cctv_cameras_parse(request_rec *r, const char *args, cctv_filter_t *out,
                        int *result);

/**
 * Answer with the cameras of a filter that the requester may see.
 *
 * @param filter  changed: restricted to the roles of the requester
 */
int cctv_cameras_list(request_rec *r, cctv_filter_t *filter);

/** Answer with one camera. @param filter  as for cctv_cameras_list(); of it
 *  only the addresses are used */
int cctv_cameras_item(request_rec *r, cctv_filter_t *filter, int id);

/**
 * Send an answer for which cctv_reply_is_unchanged() has been asked.
 * @param json  owned by this function; without memory the answer is 503
 */
int cctv_cameras_send(request_rec *r, cctv_json_t *json);

/**
 * Let a function answer GET requests for /{id}/still. While configuring.
 * @param answer  NULL: there is no such resource
 */
void cctv_cameras_set_still(int (*answer)(request_rec *r, int id));

/** The handler cctv-cameras. */
int cctv_cameras_handler(request_rec *r);

#endif
