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

void cctv_notes_camera(request_rec *r, int32_t camera)
{
    if (camera > 0) {
        apr_table_setn(r->notes, "cctv_camera", apr_itoa(r->pool, camera));
    }
}

void cctv_notes_view(request_rec *r, const cctv_view_t *view)
{
    char *id = apr_palloc(r->pool, CCTV_PUBLIC_ID_LENGTH + 1);

    cctv_public_id_text(cctv_view_public_id(cctv_memory(), view), id);
    cctv_notes_camera(r, view->camera);
    apr_table_setn(r->notes, "cctv_view", id);
    apr_table_setn(
        r->notes, "cctv_country",
        apr_pstrdup(r->pool, cctv_country_label(view->country).text));
}
