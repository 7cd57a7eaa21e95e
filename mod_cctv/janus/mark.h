/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mark.h
 * @brief The mark in the metadata of each mountpoint of mod_cctv.
 * Layer: pure.
 *
 * It contains the type of the mountpoint, because `list` does not report it;
 * the time of its creation in seconds of the monotonic clock; and the boot of
 * the system that this time belongs to. That clock cannot be stepped, unlike
 * the wall clock, but starts anew with each boot.
 */
#ifndef CCTV_JANUS_MARK_H
#define CCTV_JANUS_MARK_H

#include <stdbool.h>

#define CCTV_MARK_SIZE 96

typedef struct {
    bool is_pulled; /**< RTSP */
    bool is_new;    /**< younger than the given age */
} cctv_mark_t;

/** Write the mark of a mountpoint that is made now. Thread-safe.
 *  @param out  of CCTV_MARK_SIZE bytes */
void cctv_mark_write(bool is_pulled, char *out);

/**
 * Read the metadata of a mountpoint. Thread-safe.
 *
 * @param text     from Janus
 * @param seconds  the age up to which the mountpoint is new
 * @param out      written only on success
 * @return false: the mountpoint is not of mod_cctv
 */
bool cctv_mark_read(const char *text, int seconds, cctv_mark_t *out);

#endif
