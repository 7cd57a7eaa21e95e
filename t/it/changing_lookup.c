/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file changing_lookup.c
 * @brief Preloaded into Apache by test_stills.py: a lookup of the name
 *        "camera.example" yields 127.0.0.1, and 127.0.0.2 while the file
 *        `changed` exists in the folder `htdocs` of the ServerRoot.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service,
                const struct addrinfo *hints, struct addrinfo **found)
{
    int (*original)(const char *, const char *, const struct addrinfo *,
                    struct addrinfo **);

    *(void **)&original = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node != NULL && strcmp(node, "camera.example") == 0) {
        node = access("htdocs/changed", F_OK) == 0 ? "127.0.0.2" : "127.0.0.1";
    }
    return original(node, service, hints, found);
}
