/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file no_random.c
 * @brief Preloaded into Apache by test_events.py: while {folder}/state/no-random
 *        exists, the module gets no random bytes from the kernel.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_module(const void *address)
{
    Dl_info info;

    return dladdr(address, &info) != 0
           && strstr(info.dli_fname, "mod_cctv.so") != NULL;
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    /* Apache's working directory is its ServerRoot. */
    if (is_module(__builtin_return_address(0))
        && access("state/no-random", F_OK) == 0) {
        errno = EPERM;
        return -1;
    }
    return syscall(SYS_getrandom, buffer, length, flags);
}
