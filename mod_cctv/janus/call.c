/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file call.c
 * @brief Makes one call of Janus's HTTP API.
 * Layer: pure.
 */
#include "janus/call.h"

#include "json/member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copy as much of the reason as fits, without cutting a UTF-8 character. */
static void note_reason(cctv_janus_session_t *session, const char *reason)
{
    size_t len = strlen(reason);

    if (len >= sizeof session->reason) {
        len = sizeof session->reason - 1;
        while (len > 0 && ((unsigned char)reason[len] & 0xC0) == 0x80) {
            len--;
        }
    }
    memcpy(session->reason, reason, len);
    session->reason[len] = '\0';
}

cctv_janus_status_t cctv_janus_refused(cctv_janus_session_t *session,
                                       json_int_t code, const char *reason)
{
    session->code = code > 0 && code < 1000 ? (int)code : 0;
    note_reason(session, reason == NULL ? "no reason given" : reason);
    return CCTV_JANUS_REFUSED;
}

/* Check whether an answer is an error of Janus. */
static cctv_janus_status_t look_at(cctv_janus_session_t *session,
                                   const json_t *answer)
{
    const char *kind = json_string_value(json_object_get(answer, "janus"));
    const json_t *error = json_object_get(answer, "error");

    if (kind == NULL) {
        return CCTV_JANUS_WRONG;
    }
    if (strcmp(kind, "error") == 0) {
        return cctv_janus_refused(
            session, json_integer_value(json_object_get(error, "code")),
            json_string_value(json_object_get(error, "reason")));
    }
    return CCTV_JANUS_OK;
}

static void count(const cctv_janus_session_t *session,
                  cctv_janus_status_t status, cctv_time_t started)
{
    static const cctv_janus_error_t errors[] = {
        [CCTV_JANUS_REFUSED] = CCTV_JANUS_ERROR_REFUSED,
        [CCTV_JANUS_LOST] = CCTV_JANUS_ERROR_LOST,
        [CCTV_JANUS_LATE] = CCTV_JANUS_ERROR_TIMEOUT,
        [CCTV_JANUS_WRONG] = CCTV_JANUS_ERROR_WRONG,
    };
    cctv_janus_counters_t *counters = session->janus->place.counters;

    cctv_histogram_observe(&counters->calls, cctv_now() - started);
    cctv_count(&session->janus->place.tally->calls);
    if (status != CCTV_JANUS_OK) {
        cctv_count(&session->janus->place.tally->errors);
        cctv_count(&counters->errors[errors[status]]);
    }
}

cctv_janus_status_t cctv_janus_call(cctv_janus_session_t *session,
                                    const char *url, const char *body,
                                    json_t **answer)
{
    cctv_time_t started = cctv_now();
    cctv_janus_status_t status = cctv_connection_send(session->connection, url,
                                                      body, session->deadline);

    if (status == CCTV_JANUS_OK) {
        *answer = cctv_connection_answer(session->connection);
        status = *answer == NULL ? CCTV_JANUS_WRONG
                                 : look_at(session, *answer);
        if (status != CCTV_JANUS_OK) {
            json_decref(*answer);
        }
    }
    count(session, status, started);
    return status;
}

cctv_janus_status_t cctv_janus_post(cctv_janus_session_t *session,
                                    const char *base, const char *path,
                                    const char *secret_name, json_t *request_,
                                    json_t **answer)
{
    char url[CCTV_JANUS_URL_SIZE];
    cctv_janus_status_t status = CCTV_JANUS_WRONG;
    char *body;

    cctv_json_set(&request_, "transaction", json_string("cctv"));
    if (session->janus->place.secret != NULL) {
        cctv_json_set(&request_, secret_name,
                      json_string(session->janus->place.secret));
    }
    body = json_dumps(request_, JSON_COMPACT);
    json_decref(request_);
    if (body != NULL
        && (size_t)snprintf(url, sizeof url, "%s%s", base, path)
               < sizeof url) {
        status = cctv_janus_call(session, url, body, answer);
    }
    free(body);
    return status;
}
