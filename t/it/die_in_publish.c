/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file die_in_publish.c
 * @brief Preloaded into Apache by test_catalogue_feed.py: kills the next process
 *        that comes to a step of publishing a generation, if the file
 *        state/die-<step> exists.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Apache's working directory is its ServerRoot. */
static void die_at(const char *step)
{
    char path[64];

    snprintf(path, sizeof path, "state/die-%s", step);
    if (syscall(SYS_unlinkat, AT_FDCWD, path, 0) == 0) {
        kill(getpid(), SIGKILL);
    }
}

int fsync(int fd)
{
    die_at("written");
    return fdatasync(fd);
}

int rename(const char *from, const char *to)
{
    int result;

    if (strstr(to, "/status-") != NULL) {
        die_at("checked");
    }
    if (strstr(to, "/cameras-") != NULL) {
        die_at("statuses");
    }
    result = renameat(AT_FDCWD, from, AT_FDCWD, to);
    if (strstr(to, "/cameras-") != NULL) {
        die_at("renamed");
    }
    return result;
}

int unlinkat(int folder, const char *path, int flags)
{
    if (strncmp(path, "cameras-", 8) == 0) {
        die_at("published");
    }
    return (int)syscall(SYS_unlinkat, folder, path, flags);
}
