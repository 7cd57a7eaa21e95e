/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file line.h
 * @brief Threads that wait in line: who came first is served first.
 * Layer: pure.
 *
 * The caller holds the mutex of what the threads wait for.
 */
#ifndef CCTV_GUARD_LINE_H
#define CCTV_GUARD_LINE_H

/** The place of a thread, which keeps it on its stack. */
typedef struct cctv_in_line_t {
    struct cctv_in_line_t *next;
} cctv_in_line_t;

/** All zero at the start. */
typedef struct {
    cctv_in_line_t *first; /**< NULL: nobody waits */
} cctv_line_t;

/** Join the line at its end. */
void cctv_line_join(cctv_line_t *line, cctv_in_line_t *place);

/** Leave the line, wherever the place is in it. */
void cctv_line_leave(cctv_line_t *line, cctv_in_line_t *place);

#endif
