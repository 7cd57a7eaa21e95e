/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_as_user.c
 * @brief Runs a function as the user of the children.
 * Layer: httpd.
 */
#include "memory/mod_as_user.h"

#include "mod_unixd.h"
#include "unixd.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* The most time for the process: s. */
#define TIME_LIMIT 60

cctv_user_outcome_t cctv_as_user(bool (*run)(void))
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        /* A file system or a name server that hangs must not delay the start
         * or the end of the server for ever. */
        alarm(TIME_LIMIT);
        /* A direct call, not the hook: at the end of the server no module is
         * registered for the hook any more. */
        if (ap_unixd_setup_child() != OK
            || (geteuid() == 0 && ap_unixd_config.user_id != 0)) {
            _exit(CCTV_USER_DIED);
        }
        _exit(run() ? CCTV_USER_DONE : CCTV_USER_FAILED);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) < CCTV_USER_DIED
               ? (cctv_user_outcome_t)WEXITSTATUS(status)
               : CCTV_USER_DIED;
}
