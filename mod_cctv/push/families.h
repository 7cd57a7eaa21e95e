/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.h
 * @brief The metric families of the push part.
 * Layer: pure.
 */
#ifndef CCTV_PUSH_FAMILIES_H
#define CCTV_PUSH_FAMILIES_H

#include "metrics/family.h"

/** scrape->context has to be the cctv_push_t. */
extern const cctv_family_t cctv_push_families[];

#endif
