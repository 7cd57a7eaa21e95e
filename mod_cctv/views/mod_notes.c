/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_notes.c
 * @brief Notes of a request for the access log.
 * Layer: httpd.
 */
#include "views/mod_notes.h"

#include "geoip/country.h"
#include "memory/mod_part.h"
#include "views/view_id.h"

#include "apr_strings.h"

/* What is noted of a view, as text. */
typedef struct {
    char id[CCTV_PUBLIC_ID_LENGTH + 1];
    cctv_country_label_t country;
} noted_t;

/* A request notes everything once, so no earlier note has to be replaced. */
static void add_note(request_rec *r, const char *name, const char *text)
{
    apr_table_addn(r->notes, name, text);
}

void cctv_notes_camera(request_rec *r, int32_t camera)
{
    if (camera > 0) {
        add_note(r, "cctv_camera", apr_itoa(r->pool, camera));
    }
}

void cctv_notes_started(request_rec *r, const cctv_view_t *view)
{
    noted_t *noted = apr_palloc(r->pool, sizeof *noted);

    cctv_public_id_text(cctv_view_public_id(cctv_memory(), view), noted->id);
    noted->country = cctv_country_label(view->country);
    add_note(r, "cctv_view", noted->id);
    add_note(r, "cctv_country", noted->country.text);
}

void cctv_notes_view(request_rec *r, const cctv_view_t *view)
{
    cctv_notes_camera(r, view->camera);
    cctv_notes_started(r, view);
}
