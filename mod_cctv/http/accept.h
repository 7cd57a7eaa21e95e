/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accept.h
 * @brief Decides which of two formats an Accept header prefers.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_ACCEPT_H
#define CCTV_HTTP_ACCEPT_H

#include <stdbool.h>

/**
 * Whether an Accept value (RFC 9110, 12.5.1) prefers OpenMetrics 1.0 to the
 * Prometheus text format 0.0.4. The text format wins when both are equally
 * welcome, or neither is. A malformed media range is ignored.
 *
 * @param accept  the value of the field; NULL: the field was not sent
 * Thread-safe. Allocates nothing.
 */
bool cctv_accept_openmetrics(const char *accept);

/**
 * Whether an Accept value prefers text/event-stream to application/json. JSON
 * wins when both are equally welcome, or neither is. As above otherwise.
 */
bool cctv_accept_event_stream(const char *accept);

#endif
