/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.c
 * @brief The counters of calls of Janus.
 * Layer: pure.
 */
#include "janus/counters.h"

#define LABEL(name, label) label,

const char *const cctv_janus_error_labels[] = { CCTV_JANUS_ERROR_LIST(LABEL) };
