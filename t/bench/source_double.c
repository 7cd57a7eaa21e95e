/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file source_double.c
 * @brief Replaces cameras/mod_source.c in a module for measurements: every id
 *        has the same camera, without a query to the database.
 */
#include "cameras/mod_source.h"

#define TEXT(literal)                                                         \
    {                                                                         \
        (literal), sizeof(literal) - 1                                        \
    }

static const cctv_camera_t camera = {
    .id = TEXT("1"),
    .lng = TEXT("13.4"),
    .lat = TEXT("52.5"),
    .name = TEXT("Market Square 1"),
    .role = TEXT("traffic"),
    .status = TEXT("online"),
    .codec = TEXT("H.264"),
    .profile = TEXT("Main"),
    .width = TEXT("640"),
    .height = TEXT("480"),
    .fps = TEXT("25"),
    .playable = true,
    .streams = { .first = CCTV_CODEC_H264 },
};

int cctv_source_list(request_rec *r, const cctv_filter_t *filter,
                     cctv_page_t *page)
{
    (void)r;
    (void)filter;
    *page = (cctv_page_t){ .matched = -1 };
    return OK;
}

int cctv_source_item(request_rec *r, const cctv_filter_t *filter, int id,
                     cctv_page_t *page)
{
    (void)r;
    (void)filter;
    (void)id;
    *page = (cctv_page_t){ .count = 1, .matched = -1 };
    return OK;
}

int cctv_source_stream_url(request_rec *r, int id, const char **url)
{
    (void)r;
    (void)id;
    *url = "rtsp://camera.invalid/stream";
    return OK;
}

int cctv_source_sub_stream_url(request_rec *r, int id, const char **url)
{
    return cctv_source_stream_url(r, id, url);
}

int cctv_source_external_id(request_rec *r, int id, const char **key)
{
    (void)r;
    (void)id;
    *key = NULL;
    return OK;
}

int cctv_source_hls(request_rec *r, int id, const char **role,
                    const char **url)
{
    (void)r;
    (void)id;
    *role = camera.role.text;
    *url = NULL;
    return OK;
}

int cctv_source_set_status(server_rec *s, apr_pool_t *pool, int id,
                           const char *status)
{
    (void)s;
    (void)pool;
    (void)id;
    (void)status;
    return OK;
}

int cctv_source_set_reason(server_rec *s, apr_pool_t *pool, int id,
                           const char *reason)
{
    return cctv_source_set_status(s, pool, id, reason);
}

int cctv_source_note_watcher(server_rec *s, apr_pool_t *pool, const char *name,
                             const apr_array_header_t *receives,
                             const apr_array_header_t *fails,
                             const apr_array_header_t *reasons, bool *has)
{
    (void)receives;
    (void)fails;
    (void)reasons;
    *has = true;
    return cctv_source_set_status(s, pool, 0, name);
}

int cctv_source_roles(server_rec *s, apr_pool_t *pool, const int *ids,
                      int count, cctv_source_role_t *each, void *context)
{
    int i;

    (void)s;
    (void)pool;
    for (i = 0; i < count; i++) {
        each(context, ids[i], camera.role.text, true, camera.has_still);
    }
    return OK;
}

int cctv_source_probe(request_rec *r, bool has_video)
{
    (void)r;
    (void)has_video;
    return OK;
}

void cctv_source_count(request_rec *r)
{
    (void)r;
}

void cctv_source_camera(const cctv_page_t *page, int i, cctv_camera_t *out)
{
    (void)page;
    (void)i;
    *out = camera;
}

int cctv_source_rank(const cctv_page_t *page, int i)
{
    (void)page;
    (void)i;
    return 0;
}

void cctv_source_free(cctv_page_t *page)
{
    (void)page;
}

void cctv_source_child_init(apr_pool_t *pchild, server_rec *s)
{
    (void)pchild;
    (void)s;
}

int cctv_source_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    (void)s;
    return OK;
}
