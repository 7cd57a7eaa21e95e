/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file select.h
 * @brief The pieces of SQL that statements.c and search_statement.c share;
 *        private to them.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_SELECT_H
#define CCTV_CAMERAS_SELECT_H

#define FIRST_COLUMN(name, sql) sql
#define NEXT_COLUMN(name, sql)  ", " sql

/* The table may lack columns that later versions of sql/10-schema.sql add.
 * PostgreSQL looks for a name in the table first; if it is not there, it finds
 * that of `optional`. It plans this as if only the table was read. */
#define CAMERAS                                                               \
    "(SELECT NULL::text AS status_reason, NULL::boolean AS stream_is_rtp, "   \
    "NULL::boolean AS sub_stream_is_rtp, "                                    \
    "NULL::timestamptz AS status_since, NULL::text AS name_folded, "          \
    "NULL::float8 AS range_m, NULL::boolean AS has_still, "                   \
    "NULL::boolean AS has_hls) "                                              \
    "AS optional, "                                                           \
    "LATERAL (SELECT id, geom, name, role, status, status_since, "            \
    "status_reason, codec, profile, width, height, fps, audio, playable, "    \
    "stream_is_rtp, "                                                         \
    "sub_stream_is_rtp, heading, field_of_view, name_folded, range_m, "       \
    "has_still, has_hls "                                                     \
    "FROM cameras) AS cameras"

#define SELECT_CAMERAS                                                        \
    "SELECT " CCTV_COLUMN_LIST(FIRST_COLUMN, NEXT_COLUMN) " FROM " CAMERAS    \
                                                          " WHERE "

/* The same with the folded name as a further column. */
#define SELECT_FOLDED                                                         \
    "SELECT " CCTV_COLUMN_LIST(                                               \
        FIRST_COLUMN, NEXT_COLUMN) ", cameras.name_folded FROM " CAMERAS      \
                                   " WHERE "

/** @return SQL of `playable` of the API: cctv_streams_is_for_all(). Of a table of
 *  an older version as cctv_row_camera() has it. */
const char *cctv_select_playable(void);

#endif
