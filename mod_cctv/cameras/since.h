/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file since.h
 * @brief Since when a camera has its status, as the API writes it.
 * Layer: pure.
 *
 * A time is in whole seconds since 1970; 0: it is not known. All functions are
 * thread-safe and allocate nothing.
 */
#ifndef CCTV_CAMERAS_SINCE_H
#define CCTV_CAMERAS_SINCE_H

#include <stdint.h>

/** The last second of the year 9999. */
#define CCTV_SINCE_MAX INT64_C(253402300799)

/** 2026-11-27T14:02:33Z */
#define CCTV_SINCE_TEXT_SIZE 20

/** The member of a Feature with such a time: its size in bytes. */
#define CCTV_SINCE_NAME ",\"status_since\":\""
#define CCTV_SINCE_SIZE (sizeof CCTV_SINCE_NAME - 1 + CCTV_SINCE_TEXT_SIZE + 1)

/** The time if it is one that can be written; otherwise 0. */
static inline int64_t cctv_since_of(int64_t seconds)
{
    return seconds > 0 && seconds <= CCTV_SINCE_MAX ? seconds : 0;
}

/** Write a time, CCTV_SINCE_TEXT_SIZE bytes. @param seconds  not 0
 *  @return the end of what was written */
char *cctv_since_put_text(char *out, int64_t seconds);

/** Write the member of a Feature, CCTV_SINCE_SIZE bytes; nothing if the time is
 *  not known. @return the end of what was written */
char *cctv_since_put(char *out, int64_t seconds);

/** Read what cctv_since_put_text() has written; it may be any bytes.
 *  @return 0: it is no such time */
int64_t cctv_since_parse(const char *text);

#endif
