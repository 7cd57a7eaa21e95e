/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file die_in_save.c
 * @brief Preloaded into Apache by test_state.py: kills the next process that
 *        is about to move a new state file into place.
 */
#include <signal.h>
#include <unistd.h>

int fdatasync(int fd)
{
    /* Apache's working directory is its ServerRoot. */
    if (unlink("state/die") == 0) {
        kill(getpid(), SIGKILL);
    }
    return fsync(fd);
}
