/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file row.h
 * @brief Reads a camera from a row of the database.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_ROW_H
#define CCTV_CAMERAS_ROW_H

#include "cameras/camera.h"

#include <libpq-fe.h>

/** @param rows  the result of cctv_statement_list() or cctv_statement_item();
 *               the texts of the camera live as long */
void cctv_row_camera(const PGresult *rows, int i, cctv_camera_t *out);

/** @param rows  the result of cctv_statement_roles() */
cctv_streams_t cctv_row_role_streams(const PGresult *rows, int i);
/** Whether the camera has a still picture. */
bool cctv_row_role_still(const PGresult *rows, int i);

/** Read the folded name of a statement that has CCTV_COLUMN_NAME_FOLDED. */
cctv_text_t cctv_row_name_folded(const PGresult *rows, int row);

#endif
