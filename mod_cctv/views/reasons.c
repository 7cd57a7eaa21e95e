/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reasons.c
 * @brief The reasons why views end, and why they cannot start.
 * Layer: pure.
 */
#include "views/reasons.h"

#define LABEL(name, label) label,

const char *const cctv_ended_labels[] = { CCTV_ENDED_LIST(LABEL) };
const char *const cctv_refused_labels[] = { CCTV_REFUSED_LIST(LABEL) };
