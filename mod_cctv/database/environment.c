/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file environment.c
 * @brief The environment in which libpq connects.
 * Layer: pure.
 */
#include "database/environment.h"

#include <stdlib.h>
#include <unistd.h>

void cctv_environment_set(void)
{
    const char *home = getenv("HOME");

    /* A thread that connects must not wait for ever for a server that hangs,
     * and names have to arrive as UTF-8. */
    setenv("PGCONNECT_TIMEOUT", "2", 0);
    setenv("PGCLIENTENCODING", "UTF8", 0);
    /* If root started Apache in a shell, this is /root. libpq then fails over
     * TLS, since it may not look for a certificate there. Without HOME it looks
     * in the home of the process's user. */
    if (home != NULL && access(home, X_OK) != 0) {
        unsetenv("HOME");
    }
}
