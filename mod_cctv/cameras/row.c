/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file row.c
 * @brief Reads a camera from a row of the database.
 * Layer: pure.
 */
#include "cameras/row.h"

#include "cameras/since.h"
#include "cameras/statements.h"

#include <stdlib.h>

static cctv_text_t row_text(const PGresult *rows, int row, int column)
{
    if (PQgetisnull(rows, row, column)) {
        return (cctv_text_t){ NULL, 0 };
    }
    return (cctv_text_t){ PQgetvalue(rows, row, column),
                          (size_t)PQgetlength(rows, row, column) };
}

/* @return false also for NULL */
static bool row_boolean(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column)[0] == 't';
}

#define ARE_IN_ORDER(list)                                                    \
    (list##_STREAM_IS_RTP == list##_PLAYABLE + 1                              \
     && list##_SUB_STREAM_IS_RTP == list##_PLAYABLE + 2                       \
     && list##_HAS_HLS == list##_PLAYABLE + 3)

_Static_assert(ARE_IN_ORDER(CCTV_COLUMN) && ARE_IN_ORDER(CCTV_ROLE_COLUMN),
               "row_streams() reads them by their distance");

/* A table of an older version does not tell whether Janus can pull the first
 * stream, but only whether it can and the stream is H.264.
 * @param playable  the first of the columns PLAYABLE, STREAM_IS_RTP,
 *                  SUB_STREAM_IS_RTP and HAS_HLS */
static cctv_streams_t row_streams(const PGresult *rows, int row, int codec,
                                  int playable)
{
    cctv_text_t label = row_text(rows, row, codec);
    bool is_old = PQgetisnull(rows, row, playable + 1);
    cctv_streams_t streams = cctv_streams_of(
        (cctv_slice_t){ label.text, label.len },
        row_boolean(rows, row, is_old ? playable : playable + 1),
        row_boolean(rows, row, playable + 2));

    streams.has_hls = cctv_statements_have_hls()
                      && row_boolean(rows, row, playable + 3);
    return streams;
}

cctv_streams_t cctv_row_role_streams(const PGresult *rows, int i)
{
    return row_streams(rows, i, CCTV_ROLE_COLUMN_CODEC,
                       CCTV_ROLE_COLUMN_PLAYABLE);
}

bool cctv_row_role_still(const PGresult *rows, int i)
{
    return row_boolean(rows, i, CCTV_ROLE_COLUMN_HAS_STILL);
}

void cctv_row_camera(const PGresult *rows, int i, cctv_camera_t *out)
{
    cctv_streams_t streams = row_streams(rows, i, CCTV_COLUMN_CODEC,
                                         CCTV_COLUMN_PLAYABLE);

    *out = (cctv_camera_t){
        .id = row_text(rows, i, CCTV_COLUMN_ID),
        .lng = row_text(rows, i, CCTV_COLUMN_LNG),
        .lat = row_text(rows, i, CCTV_COLUMN_LAT),
        .name = row_text(rows, i, CCTV_COLUMN_NAME),
        .role = row_text(rows, i, CCTV_COLUMN_ROLE),
        .status = row_text(rows, i, CCTV_COLUMN_STATUS),
        .status_since = cctv_since_of(
            atoll(PQgetvalue(rows, i, CCTV_COLUMN_STATUS_SINCE))),
        .status_reason = row_text(rows, i, CCTV_COLUMN_STATUS_REASON),
        .codec = row_text(rows, i, CCTV_COLUMN_CODEC),
        .profile = row_text(rows, i, CCTV_COLUMN_PROFILE),
        .width = row_text(rows, i, CCTV_COLUMN_WIDTH),
        .height = row_text(rows, i, CCTV_COLUMN_HEIGHT),
        .fps = row_text(rows, i, CCTV_COLUMN_FPS),
        .audio = row_boolean(rows, i, CCTV_COLUMN_AUDIO),
        .playable = cctv_streams_is_for_all(&streams),
        .streams = streams,
        .heading = row_text(rows, i, CCTV_COLUMN_HEADING),
        .field_of_view = row_text(rows, i, CCTV_COLUMN_FIELD_OF_VIEW),
        .range = row_text(rows, i, CCTV_COLUMN_RANGE),
        .has_still = row_boolean(rows, i, CCTV_COLUMN_HAS_STILL),
    };
}

cctv_text_t cctv_row_name_folded(const PGresult *rows, int row)
{
    return row_text(rows, row, CCTV_COLUMN_NAME_FOLDED);
}
