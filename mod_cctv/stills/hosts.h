/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hosts.h
 * @brief From which hosts still pictures may be fetched: CCTVStillHosts.
 * Layer: pure.
 *
 *     CCTVStillHosts 10.1.0.0/16 cameras.example.org *.cams.example 127.0.0.1
 *
 * Names are compared with those in the addresses of cameras. Networks and
 * addresses are compared with the address that is connected to, whatever name
 * led to it.
 */
#ifndef CCTV_STILLS_HOSTS_H
#define CCTV_STILLS_HOSTS_H

#include "stills/address.h"

#include "apr_pools.h"
#include "apr_tables.h"

typedef struct {
    apr_array_header_t *names;    /**< of const char *, in lower case */
    apr_array_header_t *networks; /**< private to hosts.c */
} cctv_still_hosts_t;

cctv_still_hosts_t *cctv_still_hosts_make(apr_pool_t *pool);

/** Add a name, "*." and the end of names, an address, or a network with
 *  "/bits". @return false: it is none of these. The text is not kept */
bool cctv_still_hosts_add(apr_pool_t *pool, cctv_still_hosts_t *hosts,
                          const char *text);

/**
 * Whether a picture may be fetched from this address.
 *
 * A network or an address of the list always may. Otherwise the address must
 * not be special (address.h), and the host has to be in the list.
 *
 * @param hosts    NULL: the list has all hosts
 * @param host     of the camera's address, in lower case
 * @param address  that is to be connected to
 * Thread-safe.
 */
bool cctv_still_hosts_allow(const cctv_still_hosts_t *hosts, const char *host,
                            const cctv_address_t *address);

#endif
