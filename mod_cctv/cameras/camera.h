/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file camera.h
 * @brief A camera as the API shows it.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_CAMERA_H
#define CCTV_CAMERAS_CAMERA_H

#include "cameras/streams.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A text of the database, not NUL-terminated; text is NULL if the database has
 * NULL.
 */
typedef struct {
    const char *text;
    size_t len;
} cctv_text_t;

/**
 * A camera. Numbers are kept as the text that the database printed, so they
 * stay exact and are not parsed only to be printed again.
 */
typedef struct {
    cctv_text_t id;
    cctv_text_t lng; /**< degrees, WGS 84 */
    cctv_text_t lat; /**< degrees, WGS 84 */
    cctv_text_t name;
    /** As it is searched for (words.h); NULL: it was not read. */
    cctv_text_t name_folded;
    cctv_text_t role;
    cctv_text_t status;
    int64_t status_since; /**< since.h */
    cctv_text_t status_reason;
    cctv_text_t codec;
    cctv_text_t profile;
    cctv_text_t width;  /**< pixels */
    cctv_text_t height; /**< pixels */
    cctv_text_t fps;
    cctv_text_t heading;       /**< degrees clockwise from north */
    cctv_text_t field_of_view; /**< degrees */
    cctv_text_t range;         /**< metres */
    bool audio;
    bool playable; /**< by every browser */
    cctv_streams_t streams;
    bool has_still; /**< whether there is a JPEG picture of it */
} cctv_camera_t;

#endif
