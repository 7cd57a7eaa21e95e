/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.h
 * @brief The metric families of the events part.
 * Layer: pure.
 */
#ifndef CCTV_EVENTS_FAMILIES_H
#define CCTV_EVENTS_FAMILIES_H

#include "metrics/family.h"

/** The scrape's context is a cctv_events_t. */
extern const cctv_family_t cctv_events_families[];

#endif
