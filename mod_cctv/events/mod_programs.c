/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_programs.c
 * @brief The programs of piped event logs, when the server reloads or ends.
 * Layer: httpd.
 */
#include "events/mod_programs.h"

#include "core/clock.h"

#include "apr_portable.h"
#include "apr_strings.h"
#include "apr_thread_proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* How long the end of the server waits for a program to end: µs. */
#define PATIENCE 1000000

#define PAUSE 1000

static int os_file(apr_file_t *file)
{
    apr_os_file_t fd;

    return apr_os_file_get(&fd, file) == APR_SUCCESS ? fd : -1;
}

bool cctv_program_has_read_all(const cctv_program_t *program)
{
    int n = 0;

    return ioctl(os_file(ap_piped_log_read_fd(program->pipe)), FIONREAD, &n)
               != 0
           || n == 0;
}

/* Open an end of the pipe anew: the program has the same open file, and must
 * not find it non-blocking. @return negative: it cannot be opened */
static int open_again(apr_file_t *file, int flags)
{
    char path[32];

    snprintf(path, sizeof path, "/proc/self/fd/%d", os_file(file));
    return open(path, flags | O_NONBLOCK | O_CLOEXEC);
}

void cctv_program_take_rest(const cctv_program_t *program, cctv_log_t *log)
{
    int fd = open_again(ap_piped_log_read_fd(program->pipe), O_RDONLY);
    ssize_t n = 1;

    while (fd >= 0 && n > 0 && log->rest_len < sizeof log->rest) {
        n = read(fd, log->rest + log->rest_len,
                 sizeof log->rest - log->rest_len);
        log->rest_len += n > 0 ? (uint32_t)n : 0;
    }
    if (fd >= 0) {
        close(fd);
    }
}

void cctv_program_give_rest(const cctv_program_t *program, cctv_log_t *log)
{
    int fd = log->rest_len == 0
                 ? -1
                 : open_again(ap_piped_log_write_fd(program->pipe), O_WRONLY);

    /* The pipe is as large as the one that the rest comes from. */
    if (fd >= 0) {
        if (write(fd, log->rest, log->rest_len) < 0) {
            log->rest_len = 0;
        }
        close(fd);
    }
    log->rest_len = 0;
}

/* As httpd does: "|" before the command means a program, "$" a shell. */
static apr_cmdtype_e type_of(const char **command)
{
    if (**command == '$') {
        (*command)++;
        return APR_SHELLCMD_ENV;
    }
    if (**command == '|') {
        (*command)++;
    }
    return APR_PROGRAM_ENV;
}

void cctv_program_start_last(cctv_program_t *program, apr_pool_t *pool)
{
    const char *command = program->command;
    apr_cmdtype_e type = type_of(&command);
    apr_proc_t *process = apr_pcalloc(pool, sizeof *process);
    apr_procattr_t *attributes;
    char **arguments;

    if (apr_procattr_create(&attributes, pool) == APR_SUCCESS
        && apr_procattr_cmdtype_set(attributes, type) == APR_SUCCESS
        && apr_procattr_child_in_set(attributes,
                                     ap_piped_log_read_fd(program->pipe), NULL)
               == APR_SUCCESS
        && apr_tokenize_to_argv(command, &arguments, pool) == APR_SUCCESS
        && apr_proc_create(process, arguments[0],
                           (const char *const *)arguments, NULL, attributes,
                           pool)
               == APR_SUCCESS) {
        program->last = process;
    }
}

void cctv_program_end_last(cctv_program_t *program)
{
    cctv_time_t until = cctv_now() + PATIENCE;

    apr_file_close(ap_piped_log_write_fd(program->pipe));
    while (program->last != NULL && cctv_now() < until) {
        if (apr_proc_wait(program->last, NULL, NULL, APR_NOWAIT)
            != APR_CHILD_NOTDONE) {
            program->last = NULL;
        }
        else {
            usleep(PAUSE);
        }
    }
}
