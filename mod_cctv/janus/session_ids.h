/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file session_ids.h
 * @brief The ids of all Janus sessions, from the admin API.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_SESSION_IDS_H
#define CCTV_JANUS_SESSION_IDS_H

#include "janus/janus.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Ids in ascending order. */
typedef struct {
    uint64_t *at;
    size_t count;
} cctv_session_ids_t;

/** @return the id of a Janus session or a handle in an answer of Janus; 0: this
 *  is none */
uint64_t cctv_session_id(const json_t *number);

/** Ask the admin API for the ids of all Janus sessions.
 *  @param out  written on success; free it with cctv_session_ids_free()
 *  @return false: the admin API does not answer, or out of memory */
bool cctv_session_ids_list(cctv_janus_session_t *session,
                           cctv_session_ids_t *out);

/** @return whether an id is among them */
bool cctv_session_ids_have(const cctv_session_ids_t *ids, uint64_t id);

/** Free the ids. Nothing happens if all members are 0. */
void cctv_session_ids_free(cctv_session_ids_t *ids);

#endif
