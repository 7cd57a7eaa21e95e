/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file opener.h
 * @brief The thread that makes and resets the connections of a pool.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_OPENER_H
#define CCTV_DATABASE_OPENER_H

#include "database/connections.h"

/**
 * Start the opener if there is something for it to do and it does not run. It
 * ends when there is nothing left. Call it with the mutex held.
 */
void cctv_opener_start(cctv_connections_t *connections);

#endif
