/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_programs.h
 * @brief The programs of piped event logs, when the server reloads or ends.
 * Layer: httpd.
 *
 * httpd ends a program of a piped log at once, with what it has not read yet
 * still in the pipe. For these logs that is not good enough: at a reload the
 * rest goes to the next program, and at the end of the server a last program
 * reads it.
 */
#ifndef CCTV_EVENTS_MOD_PROGRAMS_H
#define CCTV_EVENTS_MOD_PROGRAMS_H

#include "events/log.h"

#include "apr_thread_proc.h"
#include "httpd.h"
#include "http_log.h"

#include <stdbool.h>

typedef struct {
    piped_log *pipe;
    const char *command; /**< as for ap_open_piped_log() */
    apr_proc_t *last;    /**< NULL: it was not needed */
} cctv_program_t;

/** @return whether the program has read all that was written */
bool cctv_program_has_read_all(const cctv_program_t *program);

/** Take out what the program has not read.
 *  @param log  gets it */
void cctv_program_take_rest(const cctv_program_t *program, cctv_log_t *log);

/** Write to a new program what the one before had not read. */
void cctv_program_give_rest(const cctv_program_t *program, cctv_log_t *log);

/** Start the program once more, for what is in the pipe.
 *  @param pool  outlives the program */
void cctv_program_start_last(cctv_program_t *program, apr_pool_t *pool);

/** Nothing is written any more: wait for the last program, but not for long. */
void cctv_program_end_last(cctv_program_t *program);

#endif
