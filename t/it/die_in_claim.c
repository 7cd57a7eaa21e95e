/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file die_in_claim.c
 * @brief Preloaded into Apache by test_fire.py: kills a process after it has
 *        claimed a slot and before it has stored the view there.
 *
 * In between, the module draws the random numbers of the view's id; a thread does
 * so for its first view, and then for some at a time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
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
        && access("state/die", F_OK) == 0) {
        kill(getpid(), SIGKILL);
    }
    return syscall(SYS_getrandom, buffer, length, flags);
}
