/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accept.h
 * @brief Which of the two formats of metrics an Accept header prefers.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_ACCEPT_H
#define CCTV_HTTP_ACCEPT_H

#include <stdbool.h>

/**
 * Whether an Accept value (RFC 9110, 12.5.1) prefers OpenMetrics 1.0 to the
 * Prometheus text format 0.0.4: where neither is preferred or wanted, the
 * text. A media range that is malformed counts as not there.
 *
 * @param accept  the field's value; NULL: not sent
 * Thread-safe. Allocates nothing.
 */
bool cctv_accept_openmetrics(const char *accept);

#endif
