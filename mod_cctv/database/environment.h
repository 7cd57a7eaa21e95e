/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file environment.h
 * @brief The environment in which libpq connects.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_ENVIRONMENT_H
#define CCTV_DATABASE_ENVIRONMENT_H

/**
 * Set up the environment of a process before its first connection. DBDParams and
 * what the admin has set take precedence. Call it while the process has only one
 * thread.
 */
void cctv_environment_set(void);

#endif
