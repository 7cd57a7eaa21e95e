/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lock.c
 * @brief Only one Apache at a time writes to the folder of a catalogue.
 * Layer: httpd.
 */
#include "catalogue/mod_lock.h"

#include "catalogue/mod_places.h"
#include "core/mod_log.h"

#include "http_core.h"
#include "http_protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A folder whose lock this Apache has. It outlives a reload, which loads the
 * module anew. */
typedef struct {
    char *folder; /* from malloc(); NULL: the entry is free */
    int fd;
} lock_t;

static lock_t *locks(void)
{
    static const char key[] = "cctv_catalogue_locks";
    lock_t *kept = ap_retained_data_get(key);

    return kept != NULL ? kept
                        : ap_retained_data_create(
                            key, sizeof(lock_t[CCTV_CATALOGUES_MAX]));
}

/* @return the lock of a folder, or with NULL a free entry; NULL: none */
static lock_t *lock_of(const char *folder)
{
    lock_t *all = locks();
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (folder == NULL || all[i].folder == NULL
                ? all[i].folder == folder
                : strcmp(all[i].folder, folder) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

static void keep(const char *folder, int fd)
{
    lock_t *lock = lock_of(NULL);
    char *copy = strdup(folder);

    if (lock == NULL || copy == NULL) {
        free(copy);
        close(fd);
        return;
    }
    lock->folder = copy;
    lock->fd = fd;
}

/* A folder that cannot be opened, or a file system without locks, is another
 * matter. @return false: another Apache has the folder */
static bool take(const char *folder)
{
    int fd;

    if (lock_of(folder) != NULL) {
        return true;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return true;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        keep(folder, fd);
        return true;
    }
    close(fd);
    return errno != EWOULDBLOCK;
}

static bool is_configured(const char *folder)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].folder != NULL
            && strcmp(places[i].folder, folder) == 0) {
            return true;
        }
    }
    return false;
}

/* Folders that the configuration names no more. */
static void give_up_others(void)
{
    lock_t *all = locks();
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (all[i].folder != NULL && !is_configured(all[i].folder)) {
            close(all[i].fd);
            free(all[i].folder);
            all[i] = (lock_t){ .folder = NULL };
        }
    }
}

void cctv_lock_folders(void)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    give_up_others();
    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].folder == NULL) {
            continue;
        }
        atomic_store(&places[i].state->is_elsewhere, !take(places[i].folder));
        if (atomic_load(&places[i].state->is_elsewhere)) {
            CCTV_LOG_S(APLOG_ERR, 0, places[i].server, "CCTV0225",
                       "another Apache uses CCTVCatalogue %s, so here the "
                       "database answers every request: name another folder",
                       places[i].folder);
        }
    }
}

int cctv_lock_monitor(apr_pool_t *p, server_rec *s)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    (void)p;
    (void)s;
    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].state != NULL
            && atomic_load(&places[i].state->is_elsewhere)
            && take(places[i].folder)) {
            atomic_store(&places[i].state->is_elsewhere, false);
            CCTV_LOG_S(APLOG_NOTICE, 0, places[i].server, "CCTV0226",
                       "no other Apache uses CCTVCatalogue %s any more: this "
                       "one does now",
                       places[i].folder);
        }
    }
    return OK;
}

void cctv_lock_child_init(void)
{
    lock_t *all = locks();
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (all[i].folder != NULL) {
            close(all[i].fd);
            free(all[i].folder);
            all[i] = (lock_t){ .folder = NULL };
        }
    }
}
