/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_generation.h
 * @brief The current generation of each catalogue, mapped in this process.
 * Layer: httpd.
 *
 * The number of the current generation is in shared memory. The first request
 * that sees a new number maps the file; other requests meanwhile use the
 * generation before. A generation is unmapped when its last user has let go of
 * it.
 */
#ifndef CCTV_CATALOGUE_MOD_GENERATION_H
#define CCTV_CATALOGUE_MOD_GENERATION_H

#include "catalogue/read.h"

#include "httpd.h"

/** The current generation, held until r->pool is cleared. @return NULL: there
 *  is no catalogue, or none yet */
const cctv_catalogue_t *cctv_generation_of(request_rec *r);

/** As cctv_generation_of(), for a thread that serves no request; held until
 *  pool is cleared. */
const cctv_catalogue_t *cctv_generation_open(server_rec *s, apr_pool_t *pool);

/** As cctv_generation_open(), by the number of the catalogue. */
const cctv_catalogue_t *cctv_generation_open_which(int which,
                                                   apr_pool_t *pool);

/** As cctv_generation_open_which(), but waits while another thread maps the
 *  current generation: whoever has published it needs no older one. */
const cctv_catalogue_t *cctv_generation_open_newest(int which,
                                                    apr_pool_t *pool);

/**
 * Let go of a generation before its pool is cleared: a client that reads its
 * answer slowly must not keep the memory of an old generation.
 */
void cctv_generation_close(const cctv_catalogue_t *catalogue,
                           apr_pool_t *pool);

/** Hook child_init: map what there is, and let go of old generations even
 *  while no request comes. */
void cctv_generation_child_init(apr_pool_t *pchild, server_rec *s);

#endif
