/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file session_ids.c
 * @brief The ids of all Janus sessions, from the admin API.
 * Layer: pure.
 */
#include "janus/session_ids.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    const uint64_t *one = a;
    const uint64_t *other = b;

    return (*one > *other) - (*one < *other);
}

uint64_t cctv_session_id(const json_t *number)
{
    json_int_t id = json_integer_value(number);

    return id > 0 ? (uint64_t)id : 0;
}

bool cctv_session_ids_list(cctv_janus_session_t *session,
                           cctv_session_ids_t *out)
{
    json_t *list = NULL;
    const json_t *id;
    size_t i;

    if (cctv_janus_list_sessions(session, &list) != CCTV_JANUS_OK) {
        return false;
    }
    out->count = 0;
    out->at = json_is_array(list)
                  ? malloc((json_array_size(list) + 1) * sizeof out->at[0])
                  : NULL;
    if (out->at != NULL) {
        json_array_foreach(list, i, id)
        {
            out->at[out->count++] = cctv_session_id(id);
        }
        qsort(out->at, out->count, sizeof out->at[0], by_id);
    }
    json_decref(list);
    return out->at != NULL;
}

bool cctv_session_ids_have(const cctv_session_ids_t *ids, uint64_t id)
{
    return bsearch(&id, ids->at, ids->count, sizeof id, by_id) != NULL;
}

void cctv_session_ids_free(cctv_session_ids_t *ids)
{
    free(ids->at);
    *ids = (cctv_session_ids_t){ .at = NULL };
}
