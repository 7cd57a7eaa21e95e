/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file transfer.h
 * @brief One transfer of libcurl that fetches a still picture, and how it
 *        failed; private to fetch.c.
 * Layer: pure.
 */
#ifndef CCTV_STILLS_TRANSFER_H
#define CCTV_STILLS_TRANSFER_H

#include "stills/fetch.h"

/** Make the transfer of a fetch. @return a CURL *; NULL: there is no memory */
void *cctv_transfer_make(cctv_fetch_t *fetch, int64_t timeout);

/** Set what came of a fetch. @param code  a CURLcode */
void cctv_transfer_end(cctv_fetch_t *fetch, int code);

#endif
