/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_id.h
 * @brief View ids as text.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_VIEW_ID_H
#define CCTV_VIEWS_VIEW_ID_H

#include "memory/segment.h"
#include "views/view_table.h"

#include <stdbool.h>
#include <stdint.h>

/** A view id has 160 bits, the slot number (32) and random bits (128), as
 *  lower-case hexadecimal digits. */
#define CCTV_VIEW_ID_LENGTH 40

/** The parts of an id; see cctv_view_t. */
typedef struct {
    uint32_t home;
    uint64_t secret[2];
} cctv_view_id_t;

/** Write the view id and a NUL. @param text  CCTV_VIEW_ID_LENGTH + 1 bytes */
void cctv_view_id(const cctv_view_t *view, char *text);

/** Read a view id.
 *  @param text  NUL-terminated, from outside
 *  @return false: this is not a view id */
bool cctv_view_id_parse(const char *text, cctv_view_id_t *id);

/** The public id of a view: a keyed hash, from which the view id cannot be
 *  told; 24 lower-case hexadecimal digits as text. */
#define CCTV_PUBLIC_ID_LENGTH 24

typedef struct {
    uint64_t high;
    uint32_t low;
    uint32_t unused; /**< 0 */
} cctv_public_id_t;

/** Make the public id of a view. The key goes to the state file, so the id is
 *  the same over restarts. */
cctv_public_id_t cctv_view_public_id(const cctv_segment_t *segment,
                                     const cctv_view_t *view);

/** Write a public id and a NUL.
 *  @param text  CCTV_PUBLIC_ID_LENGTH + 1 bytes */
void cctv_public_id_text(cctv_public_id_t id, char *text);

#endif
