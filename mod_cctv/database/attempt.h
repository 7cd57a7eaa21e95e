/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file attempt.h
 * @brief Attempts to connect, and why they fail. These calls block.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_ATTEMPT_H
#define CCTV_DATABASE_ATTEMPT_H

#include <libpq-fe.h>

typedef enum {
    CCTV_ATTEMPT_OK,
    CCTV_ATTEMPT_DOWN,
    CCTV_ATTEMPT_SHORT /**< PostgreSQL has no connection left: 53300 */
} cctv_attempt_t;

/** Look up the names of hosts in a connection string, so that libpq's own
 *  lookup is quick. Blocks for as long as that takes. */
void cctv_attempt_lookup(const char *params);

/** Connect and disconnect. Blocks for 2 s, and for the lookup. */
cctv_attempt_t cctv_attempt(const char *params);

/** PQreset(), with the reason of a failure. Blocks likewise. */
cctv_attempt_t cctv_attempt_reset(PGconn *conn);

#endif
