/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.h
 * @brief The metric families of the quality part.
 * Layer: pure.
 */
#ifndef CCTV_QUALITY_FAMILIES_H
#define CCTV_QUALITY_FAMILIES_H

#include "metrics/family.h"

/** The context of their scrape is a const cctv_quality_counters_t *. */
extern const cctv_family_t cctv_quality_families[];

#endif
