/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file plain.h
 * @brief Reads the plainest JSON objects, those with one member, without
 *        jansson.
 * Layer: pure.
 *
 * Most bodies are {"camera_id": 42} or {"session_id": "…"}. jansson takes longer
 * for them than the rest of a heartbeat. These functions read only what they
 * understand whole; then the value is the one that cctv_json_parse() finds. Any
 * other text is left to cctv_json_parse(), which also says what is wrong.
 * Thread-safe. They allocate nothing.
 */
#ifndef CCTV_JSON_PLAIN_H
#define CCTV_JSON_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Read a text in ASCII that has no escapes.
 *
 * @param text   len bytes, not necessarily NUL-terminated
 * @param name   of the member, in ASCII, without quotes and backslashes
 * @param value  written on success: points into text; not NUL-terminated
 * @param size   written on success: bytes of value
 * @return false: ask cctv_json_parse()
 */
bool cctv_json_plain_text(const char *text, size_t len, const char *name,
                          const char **value, size_t *size);

/**
 * Read a whole number from 1 to 999999999.
 *
 * @return false: ask cctv_json_parse()
 */
bool cctv_json_plain_number(const char *text, size_t len, const char *name,
                            int32_t *value);

#endif
