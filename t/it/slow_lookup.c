/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file slow_lookup.c
 * @brief Preloaded into Apache by test_database.py: while the file `slow`
 *        exists in the folder `state` of the ServerRoot, a lookup of the name
 *        "database.example" hangs; otherwise it yields 127.0.0.1.
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
    if (node != NULL && strcmp(node, "database.example") == 0) {
        while (access("state/slow", F_OK) == 0) {
            usleep(10000);
        }
        node = "127.0.0.1";
    }
    return original(node, service, hints, found);
}
