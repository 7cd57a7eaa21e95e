/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cursor.h
 * @brief A cursor: up to which change a client knows the cameras, as text.
 * Layer: pure.
 *
 * Clients must not interpret the text. It consists of characters that need no
 * escaping in URLs and header fields.
 */
#ifndef CCTV_PUSH_CURSOR_H
#define CCTV_PUSH_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    /** Cursors of another epoch are not known any more. */
    uint64_t epoch;
    /** The number of the last change that the client knows; 0: none. */
    uint64_t number;
    /** A hash of the roles that the client may see. If it may see others, it
     *  has to load its list again. */
    uint32_t roles;
} cctv_cursor_t;

/** The size of the longest text in bytes, including its NUL. */
#define CCTV_CURSOR_SIZE 43

/** Write the text of a cursor; CCTV_CURSOR_SIZE bytes. Thread-safe. */
void cctv_cursor_write(const cctv_cursor_t *cursor, char *text);

/**
 * Read a text that cctv_cursor_write() may have written.
 *
 * @param out  written only on success
 * @return false: it is no cursor
 * Thread-safe.
 */
bool cctv_cursor_read(const char *text, cctv_cursor_t *out);

#endif
