/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file process.h
 * @brief What a process has to itself, and a forked one has anew: its id, and
 *        random bytes.
 * Layer: pure.
 *
 * Each start of a view needs both. A system call for each of them would take a
 * tenth of the time that Apache takes for the whole request.
 */
#ifndef CCTV_CORE_PROCESS_H
#define CCTV_CORE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** The id of this process, as getpid(). Thread-safe. */
pid_t cctv_process_id(void);

/**
 * Write random bytes of the kernel, for secrets. A thread takes some more at a
 * time than it needs, and erases those that it has given out.
 *
 * @param size  at most CCTV_RANDOM_MAX
 * @return false: the kernel gives none
 * Thread-safe.
 */
bool cctv_random(void *out, size_t size);

#define CCTV_RANDOM_MAX 256

#endif
