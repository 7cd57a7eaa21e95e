/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file slice.h
 * @brief A part of a text, and reading an SDP line by line.
 * Layer: pure.
 *
 * A slice points into a text of its caller and lives as long as that text. It
 * is not NUL-terminated. All functions are thread-safe and allocate nothing.
 */
#ifndef CCTV_SDP_SLICE_H
#define CCTV_SDP_SLICE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *at; /**< NULL: there is no such text */
    size_t len;
} cctv_slice_t;

/** For printf(): "%.*s". The slice has to be shorter than INT_MAX. */
#define CCTV_SLICE_ARGS(slice) (int)(slice).len, (slice).at

cctv_slice_t cctv_slice(const char *text);

bool cctv_slice_equals(cctv_slice_t a, cctv_slice_t b);

/** Equal to the text; in `same_letters` ASCII letters of either case match. */
bool cctv_slice_is(cctv_slice_t slice, const char *text);
bool cctv_slice_is_same_letters(cctv_slice_t slice, const char *text);

bool cctv_slice_starts(cctv_slice_t slice, const char *start);

/** Between min and max bytes long, and each of them is in `characters`. */
bool cctv_slice_consists_of(cctv_slice_t slice, const char *characters,
                            size_t min, size_t max);

/**
 * Cut the text before the first `separator` off the start of `rest`. Without a
 * separator that is all of it.
 *
 * @param rest  afterwards what follows the separator; `at` is NULL when nothing
 *              is left to cut
 */
cctv_slice_t cctv_slice_cut(cctv_slice_t *rest, char separator);

/** Remove spaces at both ends. */
cctv_slice_t cctv_slice_trim(cctv_slice_t slice);

/**
 * Read a decimal number of 1 to 10 digits.
 * @return -1: it is none, or it is larger than max
 */
long long cctv_slice_number(cctv_slice_t slice, long long max);

/**
 * The next line of an SDP, without its line end (LF or CR LF). Empty lines are
 * skipped.
 *
 * @param rest  the text; afterwards what follows the line
 * @return false: there are no more lines
 */
bool cctv_sdp_next_line(cctv_slice_t *rest, cctv_slice_t *line);

/**
 * The value of the next attribute of this name, "a=name:value" or "a=name".
 *
 * @param value  may be NULL; for "a=name" its `at` is NULL
 * @return false: there are no more attributes of this name
 */
bool cctv_sdp_next_attribute(cctv_slice_t *rest, const char *name,
                             cctv_slice_t *value);

/**
 * The value of the first attribute of this name. `at` is NULL if there is none,
 * or if it has no value.
 */
cctv_slice_t cctv_sdp_attribute(cctv_slice_t lines, const char *name);

bool cctv_sdp_has_attribute(cctv_slice_t lines, const char *name);

/**
 * The value of the first "a=name:number value", as rtpmap and fmtp have it.
 * `at` is NULL if there is none.
 */
cctv_slice_t cctv_sdp_format_attribute(cctv_slice_t lines, const char *name,
                                       int payload_type);

/**
 * The value of a parameter in the value of an fmtp: "name=value;name=value".
 * Letters of either case match the name. `at` is NULL if there is none.
 */
cctv_slice_t cctv_sdp_parameter(cctv_slice_t fmtp, const char *name);

#endif
