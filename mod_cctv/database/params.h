/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file params.h
 * @brief Checks the connection string in DBDParams.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_PARAMS_H
#define CCTV_DATABASE_PARAMS_H

#include <stdbool.h>

/**
 * Why a connection string cannot work with this module: the end of a sentence
 * about DBDParams. NULL: nothing is known against it. libpq itself reports what
 * it does not understand.
 */
const char *cctv_params_fault(const char *params);

/**
 * Whether two connection strings lead to the same database: they differ at most
 * in target_session_attrs, by which one of several hosts is chosen.
 */
bool cctv_params_are_same(const char *one, const char *other);

#endif
