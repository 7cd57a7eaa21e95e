/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Handler of the POST requests with events from Janus.
 * Layer: httpd.
 */
#include "video/mod_handler.h"

#include "http/mod_body.h"
#include "http/mod_reply.h"
#include "core/mod_log.h"
#include "secret/file.h"
#include "video/mod_lifecycle.h"
#include "video/mod_proxied.h"

#include "http_protocol.h"

#include <string.h>

/* The longest body: Janus sends several events at once. Bytes. */
#define BODY_MAX (1 << 20)

/* The user as which Janus logs in. */
#define USER "janus"

static bool is_janus(request_rec *r)
{
    const char *secret = cctv_video()->settings.secret;
    const char *password = NULL;
    const char *line = apr_table_get(r->headers_in, "Authorization");
    const char *user;

    if (line == NULL
        || strcasecmp(ap_getword(r->pool, &line, ' '), "Basic") != 0) {
        return false;
    }
    while (*line == ' ') {
        line++;
    }
    password = ap_pbase64decode(r->pool, line);
    user = ap_getword_nulls(r->pool, &password, ':');
    return strcmp(user, USER) == 0 && cctv_secret_is_equal(password, secret);
}

/* Handle one event, or an array of events.
 * @return false: the text is neither */
static bool take_all(const char *text, size_t len)
{
    json_t *events = json_loadb(text, len, 0, NULL);
    const json_t *event;
    size_t i;

    if (json_is_object(events)) {
        cctv_proxied_event(events);
    }
    json_array_foreach(events, i, event)
    {
        cctv_proxied_event(event);
    }
    json_decref(events);
    return events != NULL;
}

int cctv_janus_events_handler(request_rec *r)
{
    const char *text;
    size_t len;
    int result;

    if (cctv_video() == NULL) {
        return DECLINED;
    }
    if (!cctv_reply_allows(r, M_POST, &result)) {
        return result;
    }
    if (!is_janus(r)) {
        CCTV_LOG_R(APLOG_ERR, 0, r, "CCTV0047",
                   "events of Janus without its secret: in its event handler "
                   "backend_user has to be janus and backend_pwd the secret");
        return cctv_reply_problem(r, HTTP_FORBIDDEN,
                                  "Only Janus may send events.");
    }
    text = cctv_body_read(r, BODY_MAX, &len, &result);
    if (text == NULL) {
        return result;
    }
    return take_all(text, len)
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                    "The body has to be JSON: events of "
                                    "Janus.");
}
