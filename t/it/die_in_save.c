/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file die_in_save.c
 * @brief Preloaded into Apache by test_state.py: kills the next process that
 *        is about to put a new state file in its place.
 */
#include <signal.h>
#include <unistd.h>

int fdatasync(int fd)
{
    /* The working directory of Apache is its ServerRoot. */
    if (unlink("state/die") == 0) {
        kill(getpid(), SIGKILL);
    }
    return fsync(fd);
}
