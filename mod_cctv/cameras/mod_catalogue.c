/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_catalogue.c
 * @brief What the catalogue, if there is one, answers instead of the database.
 * Layer: httpd.
 */
#include "cameras/mod_catalogue.h"

static const cctv_cameras_catalogue_t *current;

void cctv_cameras_set_catalogue(const cctv_cameras_catalogue_t *catalogue)
{
    current = catalogue;
}

const cctv_cameras_catalogue_t *cctv_cameras_catalogue(void)
{
    return current;
}
