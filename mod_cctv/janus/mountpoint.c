/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint.c
 * @brief Finds, makes, lists and destroys the mountpoints of cameras in
 *        Janus's streaming plugin.
 * Layer: pure.
 */
#include "janus/mountpoint.h"

#include "janus/mark.h"
#include "janus/mountpoint_body.h"

#include <stdio.h>
#include <string.h>

/* @return whether it is a mountpoint of mod_cctv */
static bool read_entry(const json_t *entry, cctv_mountpoint_t *out)
{
    const char *text = json_string_value(json_object_get(entry, "metadata"));
    const char *pin = json_string_value(json_object_get(entry, "pin"));
    const json_t *media = json_array_get(json_object_get(entry, "media"), 0);
    const json_t *age = json_object_get(media, "age_ms");
    const char *codec = json_string_value(json_object_get(media, "codec"));
    cctv_mark_t mark = { .is_new = false };
    bool is_marked = text != NULL
                     && cctv_mark_read(text, CCTV_MOUNTPOINT_STALE / 1000,
                                       &mark);

    out->id = json_integer_value(json_object_get(entry, "id"));
    out->camera = cctv_mountpoint_camera(out->id);
    out->is_pulled = mark.is_pulled;
    out->is_new = mark.is_new;
    out->codec = codec == NULL ? CCTV_CODEC_UNKNOWN
                               : cctv_codec_of_rtp(cctv_slice(codec));
    /* Janus names only codecs that it knows; a list names none. */
    out->tells_codec = json_object_get(media, "pt") != NULL;
    out->age = json_is_integer(age) ? json_integer_value(age) : -1;
    snprintf(out->pin, sizeof out->pin, "%s", pin == NULL ? "" : pin);
    out->is_ours = is_marked && out->camera != 0;
    return out->is_ours;
}

bool cctv_mountpoint_sends_other(const cctv_mountpoint_t *mountpoint,
                                 cctv_codec_t codec)
{
    return mountpoint->tells_codec && codec != CCTV_CODEC_UNKNOWN
           && mountpoint->codec != codec;
}

bool cctv_mountpoint_is_stale(const cctv_mountpoint_t *mountpoint)
{
    return !mountpoint->is_new
           && (mountpoint->age > CCTV_MOUNTPOINT_STALE
               || (mountpoint->is_pulled && mountpoint->age < 0));
}

cctv_mountpoint_status_t
cctv_mountpoint_find(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int64_t id,
                     cctv_mountpoint_t *out, cctv_janus_status_t *status)
{
    json_t *reply = NULL;
    const json_t *info;

    *status = cctv_janus_message(
        session, cctv_mountpoint_ask("info", id, rules), NULL, &reply);
    if (*status == CCTV_JANUS_REFUSED
        && session->code == CCTV_JANUS_NO_MOUNTPOINT) {
        return CCTV_MOUNTPOINT_MISSING;
    }
    if (*status != CCTV_JANUS_OK) {
        return CCTV_MOUNTPOINT_FAILED;
    }
    info = json_object_get(reply, "info");
    if (info == NULL) {
        json_decref(reply);
        *status = CCTV_JANUS_WRONG;
        return CCTV_MOUNTPOINT_FAILED;
    }
    read_entry(info, out);
    json_decref(reply);
    return CCTV_MOUNTPOINT_OK;
}

cctv_mountpoint_status_t
cctv_mountpoint_make(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int64_t id,
                     const cctv_feed_t *feed, cctv_janus_status_t *status)
{
    json_t *body;
    json_t *reply = NULL;

    if (!cctv_mountpoint_describe(rules, id, feed, &body)) {
        return CCTV_MOUNTPOINT_OFFLINE;
    }
    *status = cctv_janus_message(session, body, NULL, &reply);
    json_decref(reply);
    if (*status == CCTV_JANUS_REFUSED
        && session->code == CCTV_JANUS_CANNOT_CREATE) {
        /* Janus uses this code for two errors. */
        return strstr(session->reason, "already exists") != NULL
                   ? CCTV_MOUNTPOINT_BUSY
                   : CCTV_MOUNTPOINT_OFFLINE;
    }
    return *status == CCTV_JANUS_OK ? CCTV_MOUNTPOINT_OK
                                    : CCTV_MOUNTPOINT_FAILED;
}

cctv_janus_status_t
cctv_mountpoint_change_pin(cctv_janus_session_t *session,
                           const cctv_mountpoint_rules_t *rules, int64_t id)
{
    json_t *body = cctv_mountpoint_ask("edit", id, rules);
    json_t *reply = NULL;
    char pin[CCTV_PIN_SIZE];
    cctv_janus_status_t status;

    if (!cctv_pin_draw(pin)) {
        json_decref(body);
        return CCTV_JANUS_WRONG;
    }
    cctv_mountpoint_text(&body, "new_pin", pin);
    status = cctv_janus_message(session, body, NULL, &reply);
    json_decref(reply);
    return status;
}

cctv_janus_status_t
cctv_mountpoint_destroy(cctv_janus_session_t *session,
                        const cctv_mountpoint_rules_t *rules, int64_t id)
{
    json_t *reply = NULL;
    json_int_t viewers;
    cctv_janus_status_t status = cctv_janus_message(
        session, cctv_mountpoint_ask("info", id, rules), NULL, &reply);

    if (status != CCTV_JANUS_OK) {
        return status;
    }
    viewers = json_integer_value(
        json_object_get(json_object_get(reply, "info"), "viewers"));
    json_decref(reply);
    if (viewers > 0) {
        return CCTV_JANUS_OK;
    }
    reply = NULL;
    status = cctv_janus_message(
        session, cctv_mountpoint_ask("destroy", id, rules), NULL, &reply);
    json_decref(reply);
    return status;
}

cctv_janus_status_t cctv_mountpoint_list(
    cctv_janus_session_t *session, const cctv_mountpoint_rules_t *rules,
    void (*each)(void *context, const cctv_mountpoint_t *mountpoint),
    void *context)
{
    json_t *body = json_pack("{s:s}", "request", "list");
    json_t *reply = NULL;
    cctv_mountpoint_t mountpoint;
    cctv_janus_status_t status;
    const json_t *entry;
    size_t i;

    cctv_mountpoint_text(&body, "admin_key", rules->secret);
    status = cctv_janus_message(session, body, NULL, &reply);
    if (status != CCTV_JANUS_OK) {
        return status;
    }
    json_array_foreach(json_object_get(reply, "list"), i, entry)
    {
        if (read_entry(entry, &mountpoint)) {
            each(context, &mountpoint);
        }
    }
    json_decref(reply);
    return CCTV_JANUS_OK;
}
