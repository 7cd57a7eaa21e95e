/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file die_in_claim.c
 * @brief Preloaded into Apache by test_fire.py: kills a process after it has
 *        claimed a slot and before it has stored the view there.
 *
 * The module asks for the process id once when it makes the word of a claim,
 * and again after it has swapped the word in.
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

pid_t getpid(void)
{
    static _Thread_local int calls;
    pid_t pid = (pid_t)syscall(SYS_getpid);

    /* Apache's working directory is its ServerRoot. */
    if (is_module(__builtin_return_address(0))
        && access("state/die", F_OK) == 0 && ++calls == 2) {
        kill(pid, SIGKILL);
    }
    return pid;
}
