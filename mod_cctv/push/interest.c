/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file interest.c
 * @brief Which cameras a client of changes wants and may see.
 * Layer: pure.
 */
#include "push/interest.h"

#include "cameras/counts.h"
#include "http/query.h"

#include "apr_escape.h"
#include "apr_strings.h"

#include <string.h>

enum {
    P_AFTER,
    P_BBOX,
    P_ROLE,
    P_STATUS,
    P_COUNT
};

static const char *const names[P_COUNT] = { "after", "bbox", "role",
                                            "status" };

uint64_t cctv_interest_role(const cctv_segment_t *segment, const char *name,
                            size_t length)
{
    return cctv_segment_keyed_hash(segment, name, length);
}

static int count_roles(const cctv_filter_t *filter)
{
    int count = filter->roles == NULL ? 0 : filter->roles->nelts;

    return count < CCTV_INTEREST_ROLES_MAX ? count : CCTV_INTEREST_ROLES_MAX;
}

size_t cctv_interest_size(const cctv_filter_t *filter)
{
    return sizeof(cctv_interest_t)
           + (size_t)count_roles(filter) * sizeof(uint64_t);
}

static int status_of(const char *label)
{
    int status;

    for (status = CCTV_CAMERA_STATUS_COUNT - 1; status >= 0 && label != NULL;
         status--) {
        if (strcmp(label, cctv_camera_status_labels[status]) == 0) {
            return status;
        }
    }
    return -1;
}

void cctv_interest_init(const cctv_segment_t *segment,
                        const cctv_filter_t *filter, cctv_interest_t *out)
{
    int count = count_roles(filter);
    int i;

    out->has_bbox = filter->has_bbox;
    out->bbox = filter->bbox;
    out->status = status_of(filter->status);
    out->role_count = filter->roles == NULL ? -1 : count;
    for (i = 0; i < count; i++) {
        const char *name = APR_ARRAY_IDX(filter->roles, i, const char *);

        out->roles[i] = cctv_interest_role(segment, name, strlen(name));
    }
}

static bool has_role(const cctv_interest_t *interest, uint64_t role)
{
    int i;

    for (i = 0; i < interest->role_count; i++) {
        if (interest->roles[i] == role) {
            return true;
        }
    }
    return interest->role_count < 0;
}

static bool is_inside(const cctv_bbox_t *box, double lng, double lat)
{
    bool is_east_of_west = lng >= box->west;
    bool is_west_of_east = lng <= box->east;

    return lat >= box->south && lat <= box->north
           && (cctv_bbox_is_crossing(box)
                   ? is_east_of_west || is_west_of_east
                   : is_east_of_west && is_west_of_east);
}

bool cctv_interest_has(const cctv_interest_t *interest,
                       const cctv_spot_t *spot)
{
    return (interest->status < 0 || (unsigned)interest->status == spot->status)
           && (!interest->has_bbox
               || is_inside(&interest->bbox, spot->lng, spot->lat))
           && has_role(interest, spot->role);
}

/* Whether a name is in the array before this index, too. */
static bool is_repeated(const apr_array_header_t *roles, int index)
{
    int i;

    for (i = 0; i < index; i++) {
        if (strcmp(APR_ARRAY_IDX(roles, i, const char *),
                   APR_ARRAY_IDX(roles, index, const char *))
            == 0) {
            return true;
        }
    }
    return false;
}

uint32_t cctv_interest_hash_roles(const cctv_segment_t *segment,
                                  const apr_array_header_t *roles)
{
    uint64_t hash = 1;
    int i;

    if (roles == NULL) {
        return 0;
    }
    for (i = 0; i < roles->nelts; i++) {
        const char *name = APR_ARRAY_IDX(roles, i, const char *);

        if (!is_repeated(roles, i)) {
            hash += cctv_interest_role(segment, name, strlen(name));
        }
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/* The parameters that the list of cameras has as well, as a query string. */
static const char *args_of_list(apr_pool_t *pool, const char *const *value)
{
    const char *args = "";
    int i;

    for (i = P_BBOX; i < P_COUNT; i++) {
        if (value[i] != NULL) {
            args = apr_pstrcat(pool, args, names[i], "=",
                               apr_pescape_urlencoded(pool, value[i]), "&",
                               NULL);
        }
    }
    return args;
}

apr_status_t cctv_interest_parse(apr_pool_t *pool, const char *args,
                                 const char **after, cctv_filter_t *out,
                                 const char **why)
{
    const char *value[P_COUNT];
    cctv_filter_t filter;
    apr_status_t rv = cctv_query_parse(pool, args, names, P_COUNT, value, why);

    if (rv == APR_SUCCESS) {
        rv = cctv_filter_parse(pool, args_of_list(pool, value), 1, &filter,
                               why);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    *after = value[P_AFTER];
    *out = filter;
    return APR_SUCCESS;
}
