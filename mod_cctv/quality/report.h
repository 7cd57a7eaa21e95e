/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file report.h
 * @brief A report: the member "stats" of a heartbeat, in which a client tells
 *        how the video is on its side.
 * Layer: pure.
 */
#ifndef CCTV_QUALITY_REPORT_H
#define CCTV_QUALITY_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** The totals of a view since its start, and the member of each. */
#define CCTV_TOTAL_LIST(X)                                                    \
    X(RECEIVED, "frames_received")                                            \
    X(DECODED, "frames_decoded")                                              \
    X(DROPPED, "frames_dropped")                                              \
    X(PLI, "pli_count") /* requests for a keyframe */                         \
    X(FREEZES, "freeze_count")                                                \
    X(FREEZE_TIME, "freeze_seconds") /* kept in ms */

/** The local candidate of the ICE pair that is used. */
#define CCTV_PATH_LIST(X)                                                     \
    X(HOST, "host") X(SRFLX, "srflx") X(PRFLX, "prflx") X(RELAY, "relay")

#define CCTV_DECODER_LIST(X) X(HARDWARE, "hardware") X(SOFTWARE, "software")

#define CCTV_ENUM_TOTAL(name, member)  CCTV_TOTAL_##name,
#define CCTV_ENUM_PATH(name, label)    CCTV_PATH_##name,
#define CCTV_ENUM_DECODER(name, label) CCTV_DECODER_##name,

typedef enum {
    CCTV_TOTAL_LIST(CCTV_ENUM_TOTAL) CCTV_TOTAL_COUNT
} cctv_total_t;
typedef enum {
    CCTV_PATH_LIST(CCTV_ENUM_PATH) CCTV_PATH_COUNT
} cctv_path_t;
typedef enum {
    CCTV_DECODER_LIST(CCTV_ENUM_DECODER) CCTV_DECODER_COUNT
} cctv_decoder_t;

extern const char *const cctv_path_labels[];
extern const char *const cctv_decoder_labels[];

/** What a client reports. A negative number: it does not tell. */
typedef struct {
    int64_t first_picture; /**< from the click to the first picture: ms */
    int64_t round_trip;    /**< µs */
    int64_t totals[CCTV_TOTAL_COUNT];
    int path;    /**< cctv_path_t */
    int decoder; /**< cctv_decoder_t */
} cctv_report_t;

/** The size of the text that cctv_report_read() writes: bytes. */
#define CCTV_REPORT_WRONG_SIZE 128

/**
 * Read a report. Numbers are limited to 0 … UINT32_MAX; members that it does
 * not know are ignored. Thread-safe.
 *
 * @param stats  the value of the member "stats"
 * @param wrong  on failure gets a sentence that names the wrong member;
 *               CCTV_REPORT_WRONG_SIZE bytes
 * @return false: a member has a wrong value
 */
bool cctv_report_read(const json_t *stats, cctv_report_t *report, char *wrong);

#endif
