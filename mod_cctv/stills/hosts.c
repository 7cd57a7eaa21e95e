/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hosts.c
 * @brief From which hosts still pictures may be fetched: CCTVStillHosts.
 * Layer: pure.
 */
#include "stills/hosts.h"

#include "http/host.h"
#include "http/number.h"

#include "apr_strings.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

typedef struct {
    cctv_address_t address;
    int bits;
} network_t;

cctv_still_hosts_t *cctv_still_hosts_make(apr_pool_t *pool)
{
    cctv_still_hosts_t *hosts = apr_palloc(pool, sizeof *hosts);

    hosts->names = apr_array_make(pool, 2, sizeof(const char *));
    hosts->networks = apr_array_make(pool, 2, sizeof(network_t));
    return hosts;
}

static bool parse_network(apr_pool_t *pool, const char *text, network_t *out)
{
    const char *slash = strchr(text, '/');
    const char *address = slash == NULL
                              ? text
                              : apr_pstrmemdup(pool, text,
                                               (size_t)(slash - text));
    int before = strchr(address, ':') == NULL ? 96 : 0;
    int bits = 128 - before;

    if (!cctv_address_parse(address, &out->address)
        || (slash != NULL
            && (!cctv_number_parse_count(slash + 1, INT_MAX, &bits)
                || bits > 128 - before))) {
        return false;
    }
    out->bits = before + bits;
    return true;
}

/* A name whose last part is a number is read as an address by resolvers. */
static bool is_name(const char *text)
{
    const char *last = strrchr(text, '.');

    return isalpha((unsigned char)(last == NULL ? text : last + 1)[0]) != 0;
}

bool cctv_still_hosts_add(apr_pool_t *pool, cctv_still_hosts_t *hosts,
                          const char *text)
{
    bool is_suffix = strncmp(text, "*.", 2) == 0;
    char name[CCTV_HOST_SIZE];
    const char *end;
    network_t network;

    if (parse_network(pool, text, &network)) {
        APR_ARRAY_PUSH(hosts->networks, network_t) = network;
        return true;
    }
    end = cctv_host_parse(is_suffix ? text + 2 : text, name);
    if (end == NULL || *end != '\0' || name[0] == '.' || !is_name(name)) {
        return false;
    }
    APR_ARRAY_PUSH(hosts->names, const char *) = apr_pstrcat(
        pool, is_suffix ? "." : "", name, NULL);
    return true;
}

static bool has_name(const cctv_still_hosts_t *hosts, const char *host)
{
    size_t len = strlen(host);
    int i;

    for (i = 0; i < hosts->names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(hosts->names, i, const char *);
        size_t tail = strlen(name);

        if (name[0] == '.' ? len > tail && strcmp(host + len - tail, name) == 0
                           : strcmp(name, host) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_address(const cctv_still_hosts_t *hosts,
                        const cctv_address_t *address)
{
    int i;

    for (i = 0; i < hosts->networks->nelts; i++) {
        const network_t *network = &APR_ARRAY_IDX(hosts->networks, i,
                                                  network_t);

        if (cctv_address_is_in(address, &network->address, network->bits)) {
            return true;
        }
    }
    return false;
}

bool cctv_still_hosts_allow(const cctv_still_hosts_t *hosts, const char *host,
                            const cctv_address_t *address)
{
    if (hosts != NULL && has_address(hosts, address)) {
        return true;
    }
    return !cctv_address_is_special(address)
           && (hosts == NULL || has_name(hosts, host));
}
