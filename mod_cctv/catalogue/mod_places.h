/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_places.h
 * @brief The catalogues of this server: which folders there are, and whose they
 *        are.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_PLACES_H
#define CCTV_CATALOGUE_MOD_PLACES_H

#include "catalogue/memory.h"

#include "httpd.h"

#include <stdbool.h>

/** A catalogue of this server: a folder that CCTVCatalogue names. */
typedef struct {
    int which;          /**< its number, below CCTV_CATALOGUES_MAX */
    const char *folder; /**< NULL: there is no such catalogue */
    server_rec *server; /**< one of the hosts that have it */
    uint64_t database;  /**< a hash of what names its database */
    cctv_catalogue_state_t *state; /**< in shared memory */
} cctv_catalogue_place_t;

/** The catalogues, CCTV_CATALOGUES_MAX entries. Valid from post_config on. */
const cctv_catalogue_place_t *cctv_catalogue_places(void);

/** Which catalogue a server or virtual host has; -1: none. */
int cctv_catalogue_which(const server_rec *s);

/**
 * For configtest, after the databases were noted: whether each catalogue has
 * one database, and there are not too many. If not, this is logged.
 */
bool cctv_catalogue_check(server_rec *main_server);

/** Called when the shared memory has been opened. */
void cctv_catalogue_memory_opened(cctv_catalogue_memory_t *memory);

/** In post_config: make the folders, and find the last generation of each. */
void cctv_catalogue_find_last(void);

/**
 * Note that a generation cannot be used: no process tries it again, and the
 * refresher replaces it. The first process that finds out logs it.
 */
void cctv_catalogue_refuse(const cctv_catalogue_place_t *place,
                           uint64_t number, apr_status_t rv, const char *why);

#endif
