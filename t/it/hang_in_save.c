/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hang_in_save.c
 * @brief Preloaded into Apache by test_state.py: writing the state file hangs,
 *        as on a disk that does not answer, while {folder}/state/hang exists.
 */
#include <unistd.h>

int fdatasync(int fd)
{
    /* The working directory of Apache is its ServerRoot. */
    while (access("state/hang", F_OK) == 0) {
        usleep(20000);
    }
    return fsync(fd);
}
