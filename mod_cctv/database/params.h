/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file params.h
 * @brief Checks the connection string in DBDParams.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_PARAMS_H
#define CCTV_DATABASE_PARAMS_H

/**
 * Why a connection string cannot work with this module: the end of a sentence
 * about DBDParams. NULL: nothing is known against it. libpq itself reports what
 * it does not understand.
 */
const char *cctv_params_fault(const char *params);

#endif
