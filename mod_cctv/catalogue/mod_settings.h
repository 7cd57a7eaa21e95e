/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives about the catalogue.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_SETTINGS_H
#define CCTV_CATALOGUE_MOD_SETTINGS_H

#include "config/mod_settings.h"

/* folder: "" if the directive says off. */
#define CCTV_CATALOGUE_SETTINGS(NUMBER, TIME, FLAG, OTHER)                    \
    OTHER(const char *, folder, "CCTVCatalogue", HOST, TAKE1, set_folder,     \
          "the folder of the catalogue, from which lists of cameras are "     \
          "answered (default off)")                                           \
    TIME(interval, "CCTVCatalogueInterval", SERVER, 100ms, 60s, 500ms,        \
         "500ms or 2s", "how often the catalogue looks for changes")

CCTV_SERVER_SETTINGS_DECLARE(catalogue, CCTV_CATALOGUE_SETTINGS);

/** The folder of a server or virtual host; NULL: it has no catalogue. */
const char *cctv_catalogue_folder(const server_rec *s);

#endif
