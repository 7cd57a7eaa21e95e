/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file filter.c
 * @brief Which cameras a request asks for, and which the requester may see.
 * Layer: pure.
 */
#include "cameras/filter.h"

#include "cameras/sees.h"
#include "http/number.h"
#include "http/query.h"
#include "core/utf8.h"

#include "apr_strings.h"

#include <limits.h>
#include <math.h>
#include <string.h>

enum {
    P_BBOX,
    P_ROLE,
    P_STATUS,
    P_Q,
    P_LIMIT,
    P_AFTER,
    P_NEAR,
    P_MATCHED,
    P_PLAYABLE,
    P_RANK,
    P_SEES,
    P_EXTENT,
    P_COUNT
};

static const char *const names[P_COUNT] = { "bbox", "role",  "status",
                                            "q",    "limit", "after",
                                            "near", "count", "playable",
                                            "rank", "sees",  "extent" };

static const char *parse_roles(apr_pool_t *pool, const char *list,
                               cctv_filter_t *out)
{
    const apr_array_header_t *roles = cctv_roles_split(pool, list);
    const char *comma = list;
    int count;

    for (count = 1; (comma = strchr(comma, ',')) != NULL; count++) {
        comma++;
    }
    if (roles->nelts != count || count > CCTV_FILTER_ROLES_MAX) {
        return "role has to be one to 64 names with commas between them.";
    }
    out->roles = roles;
    return NULL;
}

static const char *parse_status(const char *status, cctv_filter_t *out)
{
    if (strcmp(status, "online") != 0 && strcmp(status, "offline") != 0
        && strcmp(status, "unknown") != 0) {
        return "status has to be online, offline or unknown.";
    }
    out->status = status;
    return NULL;
}

static const char *parse_text(apr_pool_t *pool, const char *text,
                              cctv_filter_t *out)
{
    size_t left = strlen(text);
    const char *p = text;
    int characters;

    for (characters = 0; left > 0; characters++) {
        size_t n = cctv_utf8_length(p, left);

        p += n;
        left -= n;
    }
    if (characters > CCTV_FILTER_TEXT_MAX) {
        return "q has to be at most 200 characters.";
    }
    out->words = cctv_words_make(pool, text);
    return NULL;
}

static bool parse_point(const char *text, double *lng, double *lat)
{
    size_t len = strcspn(text, ",");

    return text[len] == ',' && cctv_number_parse_double(text, len, lng)
           && cctv_number_parse_double(text + len + 1, strlen(text + len + 1),
                                       lat)
           && fabs(*lng) <= 180 && fabs(*lat) <= 90;
}

static const char *parse_near(const char *text, cctv_filter_t *out)
{
    if (!parse_point(text, &out->near_lng, &out->near_lat)) {
        return "near has to be two numbers in degrees: lng,lat, within 180 "
               "and 90.";
    }
    out->has_near = true;
    return NULL;
}

static const char *parse_sees(const char *text, cctv_filter_t *out)
{
    if (!parse_point(text, &out->sees_lng, &out->sees_lat)) {
        return "sees has to be two numbers in degrees: lng,lat, within 180 "
               "and 90.";
    }
    if (out->has_bbox || out->words != NULL || out->has_near) {
        return "sees does not go together with bbox, q and near.";
    }
    cctv_sees_box(out->sees_lng, out->sees_lat, &out->bbox);
    out->has_bbox = true;
    out->has_sees = true;
    return NULL;
}

static const char *parse_count(const char *text, cctv_filter_t *out)
{
    out->wants_count = strcmp(text, "true") == 0;
    return out->wants_count || strcmp(text, "false") == 0
               ? NULL
               : "count has to be true or false.";
}

static const char *parse_extent(const char *text, cctv_filter_t *out)
{
    out->wants_extent = strcmp(text, "true") == 0;
    return out->wants_extent || strcmp(text, "false") == 0
               ? NULL
               : "extent has to be true or false.";
}

static const char *parse_playable(const char *text, cctv_filter_t *out)
{
    out->has_playable = true;
    out->playable = strcmp(text, "true") == 0;
    return out->playable || strcmp(text, "false") == 0
               ? NULL
               : "playable has to be true or false.";
}

static const char *parse_rank(const char *text, const char *after,
                              cctv_filter_t *out)
{
    out->has_rank = true;
    return out->words != NULL && after != NULL && strlen(text) == 1
                   && cctv_number_parse_count(text, INT_MAX, &out->rank)
                   && out->rank < CCTV_RANK_COUNT
               ? NULL
               : "rank goes with q and after, as the link to the next page "
                 "has it.";
}

apr_status_t cctv_filter_parse(apr_pool_t *pool, const char *args, int max,
                               cctv_filter_t *out, const char **why)
{
    const char *value[P_COUNT];
    cctv_filter_t filter = { 0 };
    const char *error = NULL;
    apr_status_t rv;

    rv = cctv_query_parse(pool, args, names, P_COUNT, value, why);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    filter.limit = max < CCTV_FILTER_LIMIT_DEFAULT ? max
                                                   : CCTV_FILTER_LIMIT_DEFAULT;
    if (value[P_BBOX] != NULL
        && cctv_bbox_parse(value[P_BBOX], &filter.bbox, why) != APR_SUCCESS) {
        return APR_EINVAL;
    }
    filter.has_bbox = value[P_BBOX] != NULL
                      && !cctv_bbox_is_world(&filter.bbox);
    if (value[P_ROLE] != NULL) {
        error = parse_roles(pool, value[P_ROLE], &filter);
    }
    if (error == NULL && value[P_STATUS] != NULL) {
        error = parse_status(value[P_STATUS], &filter);
    }
    if (error == NULL && value[P_Q] != NULL) {
        error = parse_text(pool, value[P_Q], &filter);
    }
    if (error == NULL && value[P_LIMIT] != NULL
        && (!cctv_number_parse_count(value[P_LIMIT], max, &filter.limit)
            || filter.limit == 0)) {
        error = "limit has to be a whole number, 1 or more.";
    }
    if (error == NULL && value[P_AFTER] != NULL
        && !cctv_number_parse_count(value[P_AFTER], INT_MAX, &filter.after)) {
        error = "after has to be the id of a camera, or 0.";
    }
    if (error == NULL && value[P_NEAR] != NULL) {
        error = value[P_AFTER] == NULL
                    ? parse_near(value[P_NEAR], &filter)
                    : "near and after do not go together: near orders by "
                      "distance, and after by id.";
    }
    if (error == NULL && value[P_SEES] != NULL) {
        error = parse_sees(value[P_SEES], &filter);
    }
    if (error == NULL && value[P_MATCHED] != NULL) {
        error = parse_count(value[P_MATCHED], &filter);
    }
    if (error == NULL && value[P_EXTENT] != NULL) {
        error = parse_extent(value[P_EXTENT], &filter);
    }
    if (error == NULL && value[P_PLAYABLE] != NULL) {
        error = parse_playable(value[P_PLAYABLE], &filter);
    }
    if (error == NULL && value[P_RANK] != NULL) {
        error = parse_rank(value[P_RANK], value[P_AFTER], &filter);
    }
    if (error != NULL) {
        *why = error;
        return APR_EINVAL;
    }
    *out = filter;
    return APR_SUCCESS;
}

/* Add the names of a list to an array. */
static void split(apr_pool_t *pool, const char *list, char separator,
                  apr_array_header_t *roles)
{
    const char ends[] = { separator, '\0' };

    while (*list != '\0') {
        size_t len = strcspn(list, ends);
        const char *name = list;
        size_t n = len;

        list += list[len] == separator ? len + 1 : len;
        for (; n > 0 && (*name == ' ' || *name == '\t'); n--) {
            name++;
        }
        while (n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t')) {
            n--;
        }
        if (n > 0 && cctv_utf8_is_valid(name, n)) {
            APR_ARRAY_PUSH(roles, const char *) = apr_pstrmemdup(pool, name,
                                                                 n);
        }
    }
}

apr_array_header_t *cctv_roles_split(apr_pool_t *pool, const char *list)
{
    apr_array_header_t *roles = apr_array_make(pool, 4, sizeof(char *));

    split(pool, list, ',', roles);
    return roles;
}

apr_array_header_t *cctv_roles_split_values(apr_pool_t *pool, const char *list)
{
    apr_array_header_t *roles = cctv_roles_split(pool, list);
    int count = roles->nelts;
    int i;

    for (i = 0; i < count; i++) {
        const char *name = APR_ARRAY_IDX(roles, i, const char *);

        if (strchr(name, ';') != NULL) {
            split(pool, name, ';', roles);
        }
    }
    return roles;
}

static bool has_role(const apr_array_header_t *roles, const char *name)
{
    int i;

    for (i = 0; i < roles->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(roles, i, const char *), name) == 0) {
            return true;
        }
    }
    return false;
}

void cctv_filter_restrict(apr_pool_t *pool, cctv_filter_t *filter,
                          const apr_array_header_t *allowed)
{
    apr_array_header_t *both;
    int i;

    if (allowed == NULL) {
        return;
    }
    if (filter->roles == NULL) {
        filter->roles = allowed;
        return;
    }
    both = apr_array_make(pool, filter->roles->nelts, sizeof(char *));
    for (i = 0; i < filter->roles->nelts; i++) {
        const char *name = APR_ARRAY_IDX(filter->roles, i, const char *);

        if (has_role(allowed, name)) {
            APR_ARRAY_PUSH(both, const char *) = name;
        }
    }
    filter->roles = both;
}

const char *cctv_filter_next(apr_pool_t *pool, const char *args, int rank,
                             int after)
{
    const char *value;
    const char *kept = cctv_query_take(pool, args, names[P_AFTER], &value);

    kept = cctv_query_take(pool, kept, names[P_RANK], &value);
    if (rank >= 0) {
        kept = apr_psprintf(pool, "%s%srank=%d", kept,
                            *kept == '\0' ? "" : "&", rank);
    }
    return apr_psprintf(pool, "%s%safter=%d", kept, *kept == '\0' ? "" : "&",
                        after);
}
