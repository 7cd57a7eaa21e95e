/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_push.c
 * @brief The shared memory of the push part, and this process's place in it.
 * Layer: httpd.
 */
#include "push/mod_push.h"

#include "catalogue/listener.h"
#include "core/mod_log.h"
#include "push/mod_settings.h"
#include "push/publish.h"

#include "ap_mpm.h"

#include <pthread.h>
#include <unistd.h>

static cctv_push_t push;

/* This process's row; taken when it is needed for the first time. */
static cctv_process_row_t *own_row;
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

const cctv_push_t *cctv_push(void)
{
    return &push;
}

void *cctv_push_context(void)
{
    return &push;
}

static void published(const cctv_catalogue_t *before,
                      const cctv_catalogue_t *now, const int *ids, int count)
{
    cctv_publish_generation(&push, before, now, ids, count, cctv_now());
}

static void status_changed(const cctv_catalogue_t *now, int index,
                           cctv_camera_status_t before)
{
    cctv_publish_status(&push, now, index, before, cctv_now());
}

void cctv_push_memory_opened(const cctv_segment_t *segment)
{
    static const cctv_catalogue_listener_t listener = {
        .published = published, .status = status_changed
    };

    cctv_push_open(&push, segment);
    cctv_catalogue_listen(&listener);
}

static cctv_process_row_t *row(void)
{
    cctv_process_row_t *found;

    pthread_mutex_lock(&taking);
    if (own_row == NULL) {
        own_row = cctv_processes_take(push.processes, getpid());
    }
    found = own_row;
    pthread_mutex_unlock(&taking);
    return found;
}

/* At most half of the threads of a process: the others answer requests. A
 * process of prefork has one thread, so there only the limit of all processes
 * holds. */
static int32_t most_threads(int32_t limit)
{
    int threads = 0;

    if (ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads) != APR_SUCCESS
        || threads < 2) {
        return 1;
    }
    return limit < threads / 2 ? limit : threads / 2;
}

bool cctv_push_enter(const server_rec *s, cctv_carrier_t carrier)
{
    const cctv_push_settings_t *settings = cctv_push_settings(s);
    bool is_socket = carrier == CCTV_CARRIER_SOCKET;
    int32_t limit = (int32_t)(is_socket ? settings->max_clients
                                        : settings->threads);
    cctv_process_row_t *own = row();

    if (own == NULL) {
        cctv_count(&push.counters->unserved[CCTV_UNSERVED_SYSTEM]);
        return false;
    }
    if (!cctv_processes_enter(push.processes, own, carrier,
                              is_socket ? limit : most_threads(limit),
                              limit)) {
        cctv_count(
            &push.counters->unserved[is_socket ? CCTV_UNSERVED_CLIENTS
                                               : CCTV_UNSERVED_THREADS]);
        return false;
    }
    return true;
}

void cctv_push_leave(cctv_carrier_t carrier)
{
    cctv_processes_leave(own_row, carrier);
}

int cctv_push_streams(cctv_carrier_t carrier)
{
    return atomic_load(&own_row->streams[carrier]);
}
