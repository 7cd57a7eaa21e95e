/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file slow_map.c
 * @brief Preloaded into Apache by test_catalogue_feed.py: each thread that maps
 *        a generation takes 200 ms, and whoever has published one first removes
 *        the files of the one before for 50 ms.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int open(const char *path, int flags, ...)
{
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (strstr(path, "/cameras-") != NULL) {
        usleep(200000);
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int unlinkat(int folder, const char *path, int flags)
{
    if (strncmp(path, "cameras-", 8) == 0) {
        usleep(50000);
    }
    return (int)syscall(SYS_unlinkat, folder, path, flags);
}
