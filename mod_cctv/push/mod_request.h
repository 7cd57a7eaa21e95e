/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_request.h
 * @brief What a request for changes asks for.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_REQUEST_H
#define CCTV_PUSH_MOD_REQUEST_H

#include "push/batch.h"
#include "push/cursor.h"

#include "httpd.h"

#include <stdbool.h>

typedef struct {
    /** Set by the handler. */
    const cctv_catalogue_t *catalogue;
    bool has_after;
    cctv_cursor_t after;
    uint32_t roles; /**< a hash of the roles that the requester may see */
    const cctv_interest_t *interest; /**< allocated from r->pool */
    size_t interest_size;            /**< bytes */
} cctv_request_t;

/**
 * Read a request.
 *
 * @param is_stream  whether Last-Event-ID counts. In it, what is no cursor is
 *                   read as one that is not known any more
 * @param why        written on failure: an English sentence for the client
 * @return whether it succeeded
 */
bool cctv_request_parse(request_rec *r, cctv_request_t *out, bool is_stream,
                        const char **why);

#endif
