/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file call.h
 * @brief Makes one call of Janus's HTTP API. Only janus.c uses it.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_CALL_H
#define CCTV_JANUS_CALL_H

#include "janus/janus.h"

#define CCTV_JANUS_URL_SIZE 1024

struct cctv_janus_t {
    cctv_janus_place_t place;
    /** query string of an event request; contains the secret */
    const char *query;
    cctv_connection_pool_t *connections;
};

/**
 * Make a call, count it, and check whether the answer is an error of Janus.
 *
 * @param body    NULL: send a GET
 * @param answer  written on success; json_decref() it
 */
cctv_janus_status_t cctv_janus_call(cctv_janus_session_t *session,
                                    const char *url, const char *body,
                                    json_t **answer);

/**
 * As cctv_janus_call(), with a POST.
 *
 * @param base         the URL of Janus's API or of its admin API
 * @param path         appended to it
 * @param secret_name  the member of the request that carries the secret
 * @param request_     owned by this function, which adds the members of every
 *                     request; NULL: there was no memory for it, and nothing
 *                     is sent
 */
cctv_janus_status_t cctv_janus_post(cctv_janus_session_t *session,
                                    const char *base, const char *path,
                                    const char *secret_name, json_t *request_,
                                    json_t **answer);

/**
 * Note an error that Janus or its plugin gave.
 *
 * @param reason  NULL: it gave none
 * @return CCTV_JANUS_REFUSED
 */
cctv_janus_status_t cctv_janus_refused(cctv_janus_session_t *session,
                                       json_int_t code, const char *reason);

#endif
