/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the push part: the ring of changes, its
 *        counters, and how many streams each process has.
 * Layer: pure.
 */
#ifndef CCTV_PUSH_MEMORY_H
#define CCTV_PUSH_MEMORY_H

#include "memory/segment.h"
#include "metrics/counters.h"
#include "push/processes.h"
#include "push/ring.h"

/** What has changed. */
#define CCTV_CHANGED_LIST(X)                                                  \
    X(APPEARED, "appeared")                                                   \
    X(CHANGED, "changed")                                                     \
    X(GONE, "gone")                                                           \
    X(STATUS, "status")

/** Why the server closed a stream. */
#define CCTV_CLOSED_LIST(X)                                                   \
    X(SLOW, "slow")     /* the client does not read */                        \
    X(ROLES, "roles")   /* its roles have to be asked again */                \
    X(RELOAD, "reload") /* its process ends */                                \
    X(MEMORY, "memory") /* there is no memory */

/** Why a stream did not start. */
#define CCTV_UNSERVED_LIST(X)                                                 \
    X(CLIENTS, "clients") /* CCTVMaxPushClients */                            \
    X(THREADS, "threads") /* CCTVPushThreads */                               \
    X(SYSTEM, "system")   /* the system has no file descriptor or thread */

#define CCTV_ENUM_CHANGED(name, label)  CCTV_CHANGED_##name,
#define CCTV_ENUM_CLOSED(name, label)   CCTV_CLOSED_##name,
#define CCTV_ENUM_UNSERVED(name, label) CCTV_UNSERVED_##name,

typedef enum {
    CCTV_CHANGED_LIST(CCTV_ENUM_CHANGED) CCTV_CHANGED_COUNT
} cctv_changed_t;
typedef enum {
    CCTV_CLOSED_LIST(CCTV_ENUM_CLOSED) CCTV_CLOSED_COUNT
} cctv_closed_t;
typedef enum {
    CCTV_UNSERVED_LIST(CCTV_ENUM_UNSERVED) CCTV_UNSERVED_COUNT
} cctv_unserved_t;

extern const char *const cctv_changed_labels[];
extern const char *const cctv_closed_labels[];
extern const char *const cctv_unserved_labels[];

typedef struct {
    _Atomic uint64_t changes[CCTV_CHANGED_COUNT];
    _Atomic uint64_t events;
    _Atomic uint64_t bytes;
    _Atomic uint64_t resets;
    _Atomic uint64_t closed[CCTV_CLOSED_COUNT];
    _Atomic uint64_t unserved[CCTV_UNSERVED_COUNT];
} cctv_push_counters_t;

/** The memory as a process sees it; the pointers lead to shared memory. */
typedef struct {
    const cctv_segment_t *segment;
    cctv_push_counters_t *counters;
    cctv_processes_t *processes;
    cctv_ring_t ring;
} cctv_push_t;

extern const cctv_region_t cctv_push_region;

/** Set the pointers to the region of a segment. */
void cctv_push_open(cctv_push_t *push, const cctv_segment_t *segment);

#endif
