/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file members.h
 * @brief Reads the properties of a Feature that cameras/geojson.h has written.
 * Layer: pure.
 */
#ifndef CCTV_TILES_MEMBERS_H
#define CCTV_TILES_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    CCTV_MEMBER_OTHER, /**< null, or a list */
    CCTV_MEMBER_TEXT,
    CCTV_MEMBER_NUMBER,
    CCTV_MEMBER_TRUE,
    CCTV_MEMBER_FALSE
} cctv_member_kind_t;

typedef struct {
    const char *name;
    size_t name_length;
    cctv_member_kind_t kind;
    /** Of a text without its quotes, still escaped; or of a number. */
    const char *value;
    size_t length;
} cctv_member_t;

/** Where the properties of a Feature start, to read them with
 *  cctv_members_next(); NULL: there are none. @param end  behind the Feature */
const char *cctv_members_begin(const char *feature, const char *end);

/** Read the next member. @return where to go on; NULL: there is none */
const char *cctv_members_next(const char *at, const char *end,
                              cctv_member_t *out);

/** Write a text without its escapes to out, which has room for `length` bytes.
 *  @return the end of what was written */
char *cctv_members_unescape(const char *text, size_t length, char *out);

#endif
