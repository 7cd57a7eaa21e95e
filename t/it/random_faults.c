/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file random_faults.c
 * @brief Preloaded into Apache by tests: what happens when the module asks the
 *        kernel for random bytes.
 *
 * It does so for the id of a view, after it has claimed a slot and before it has
 * stored the view there. A thread asks for its first view, and then for some
 * views at a time.
 *
 * - While {folder}/state/no-random exists, it gets none.
 * - While {folder}/state/die exists, the process is killed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
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

/* Apache's working directory is its ServerRoot. */
static int exists(const char *path)
{
    return access(path, F_OK) == 0;
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    if (is_module(__builtin_return_address(0))) {
        if (exists("state/die")) {
            kill(getpid(), SIGKILL);
        }
        if (exists("state/no-random")) {
            errno = EPERM;
            return -1;
        }
    }
    return syscall(SYS_getrandom, buffer, length, flags);
}
