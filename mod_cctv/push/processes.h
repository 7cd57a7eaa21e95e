/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file processes.h
 * @brief How many streams each process has, in shared memory.
 * Layer: pure.
 *
 * Each process has a row and changes only its own. The rows of dead processes
 * do not count, and others take them over: so a process that is killed leaves
 * nothing behind.
 */
#ifndef CCTV_PUSH_PROCESSES_H
#define CCTV_PUSH_PROCESSES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** The most processes with streams. */
#define CCTV_PROCESSES_MAX 512

/** What carries a stream. */
#define CCTV_CARRIER_LIST(X) X(SOCKET, "socket") X(THREAD, "thread")

#define CCTV_ENUM_CARRIER(name, label) CCTV_CARRIER_##name,

typedef enum {
    CCTV_CARRIER_LIST(CCTV_ENUM_CARRIER) CCTV_CARRIER_COUNT
} cctv_carrier_t;

extern const char *const cctv_carrier_labels[];

typedef struct {
    _Atomic int32_t pid; /**< 0: the row is free */
    _Atomic int32_t streams[CCTV_CARRIER_COUNT];
} cctv_process_row_t;

/** Zero at the start. */
typedef struct {
    cctv_process_row_t rows[CCTV_PROCESSES_MAX];
} cctv_processes_t;

/**
 * Take a row for a process. Call it once in a process, before it has a stream.
 *
 * @return NULL: all rows are taken
 */
cctv_process_row_t *cctv_processes_take(cctv_processes_t *processes,
                                        pid_t pid);

/** The number of streams of all processes that live. Thread-safe. */
int32_t cctv_processes_sum(const cctv_processes_t *processes,
                           cctv_carrier_t carrier);

/**
 * Count a stream in, if there are fewer than `most` of its carrier in the
 * process and `most_of_all` in all processes.
 */
bool cctv_processes_enter(cctv_processes_t *processes, cctv_process_row_t *row,
                          cctv_carrier_t carrier, int32_t most,
                          int32_t most_of_all);

void cctv_processes_leave(cctv_process_row_t *row, cctv_carrier_t carrier);

#endif
