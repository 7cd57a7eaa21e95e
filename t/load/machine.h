/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file machine.h
 * @brief Processor time and memory of programs on this machine, in the network
 *        of this program: those of other namespaces do not count.
 */
#ifndef LOAD_MACHINE_H
#define LOAD_MACHINE_H

typedef struct {
    int processes;
    double cpu_seconds;  /* of all processes so far, ended ones included */
    double memory_bytes; /* anonymous memory, now */
} load_usage_t;

typedef struct {
    load_usage_t janus, apache;
    double own_cpu_seconds;
} load_machine_t;

/** Call it often: what a process uses after the last look before its end does
 * not count. */
void load_machine_look(load_machine_t *out);

#endif
