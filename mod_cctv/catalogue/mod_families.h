/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_families.h
 * @brief The metrics about the catalogues.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_FAMILIES_H
#define CCTV_CATALOGUE_MOD_FAMILIES_H

#include "metrics/family.h"

#include "httpd.h"

#include <stdbool.h>
#include <stdint.h>

extern const cctv_family_t cctv_catalogue_families[];

/** What /health and /server-status say of a catalogue. */
typedef struct {
    uint64_t generation; /**< 0: there is none yet */
    uint64_t cameras;
    int64_t age; /**< since it was last known to be up to date: µs */
} cctv_catalogue_figures_t;

/** @return false: the server or virtual host has no catalogue */
bool cctv_catalogue_figures(const server_rec *s,
                            cctv_catalogue_figures_t *out);

#endif
