/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file processes.c
 * @brief How many streams each process has, in shared memory.
 * Layer: pure.
 */
#include "push/processes.h"

#include "guard/single.h"

#include <stddef.h>

#define LABEL(name, label) label,

const char *const cctv_carrier_labels[] = { CCTV_CARRIER_LIST(LABEL) };

static void row_clear(cctv_process_row_t *row)
{
    int i;

    for (i = 0; i < CCTV_CARRIER_COUNT; i++) {
        atomic_store(&row->streams[i], 0);
    }
}

/* Take a row that is free, or whose process is dead. Whoever takes it clears
 * it: between the two steps its numbers are those of a dead process, which is
 * a moment of wrong sums at worst. */
static bool row_take(cctv_process_row_t *row, pid_t pid)
{
    int32_t owner = atomic_load(&row->pid);

    if ((owner != 0 && !cctv_single_is_dead(owner))
        || !atomic_compare_exchange_strong(&row->pid, &owner, pid)) {
        return false;
    }
    row_clear(row);
    return true;
}

cctv_process_row_t *cctv_processes_take(cctv_processes_t *processes, pid_t pid)
{
    int i;

    for (i = 0; i < CCTV_PROCESSES_MAX; i++) {
        if (atomic_load(&processes->rows[i].pid) == pid) {
            /* An earlier process had the same number. */
            row_clear(&processes->rows[i]);
            return &processes->rows[i];
        }
    }
    for (i = 0; i < CCTV_PROCESSES_MAX; i++) {
        if (row_take(&processes->rows[i], pid)) {
            return &processes->rows[i];
        }
    }
    return NULL;
}

int32_t cctv_processes_sum(const cctv_processes_t *processes,
                           cctv_carrier_t carrier)
{
    int32_t sum = 0;
    int i;

    for (i = 0; i < CCTV_PROCESSES_MAX; i++) {
        const cctv_process_row_t *row = &processes->rows[i];
        int32_t streams = atomic_load(&row->streams[carrier]);

        if (streams > 0 && !cctv_single_is_dead(atomic_load(&row->pid))) {
            sum += streams;
        }
    }
    return sum;
}

bool cctv_processes_enter(cctv_processes_t *processes, cctv_process_row_t *row,
                          cctv_carrier_t carrier, int32_t most,
                          int32_t most_of_all)
{
    int32_t streams = atomic_fetch_add(&row->streams[carrier], 1) + 1;

    if (streams > most
        || cctv_processes_sum(processes, carrier) > most_of_all) {
        cctv_processes_leave(row, carrier);
        return false;
    }
    return true;
}

void cctv_processes_leave(cctv_process_row_t *row, cctv_carrier_t carrier)
{
    atomic_fetch_sub(&row->streams[carrier], 1);
}
