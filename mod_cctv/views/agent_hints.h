/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_hints.h
 * @brief Reads the client hints of a browser.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_AGENT_HINTS_H
#define CCTV_VIEWS_AGENT_HINTS_H

#include "views/agent_found.h"

/** Read the brands in Sec-CH-UA. */
void cctv_agent_read_brands(best_t *best, const char *header);

/** Read the system in Sec-CH-UA-Platform. */
void cctv_agent_read_platform(best_t *best, const char *header);

#endif
