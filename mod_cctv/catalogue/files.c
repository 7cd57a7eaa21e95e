/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file files.c
 * @brief The files in the folder of a catalogue.
 * Layer: pure.
 */
#include "catalogue/files.h"

#include "catalogue/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAMERAS    "cameras-"
#define STATUS     "status-"
#define NEW        "new-"
#define NEW_STATUS "newstatus-"

/* Only Apache's user may read a catalogue: it has the cameras of all roles. */
#define MODE 0600

typedef struct {
    char text[PATH_MAX];
} path_t;

static const char *path_of(path_t *path, const char *folder,
                           const char *prefix, uint64_t number)
{
    snprintf(path->text, sizeof path->text, "%s/%s%" PRIu64, folder, prefix,
             number);
    return path->text;
}

static const char *new_path(path_t *path, const char *folder)
{
    return path_of(path, folder, NEW, (uint64_t)getpid());
}

const char *cctv_files_check_folder(const char *folder)
{
    struct stat info;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        return "it cannot be made";
    }
    if (lstat(folder, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return "it is not a folder";
    }
    if (info.st_uid != geteuid()) {
        return "it does not belong to Apache's User";
    }
    if ((info.st_mode & 077) != 0 && chmod(folder, 0700) != 0) {
        return "other users may read it";
    }
    return NULL;
}

/* ---- Names ---- */

/* @return the number of a name that starts with the prefix; 0: another name */
static uint64_t number_of(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    char *end;
    uint64_t number;

    if (strncmp(name, prefix, length) != 0 || name[length] < '1'
        || name[length] > '9') {
        return 0;
    }
    number = strtoull(name + length, &end, 10);
    return *end == '\0' ? number : 0;
}

uint64_t cctv_files_newest(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    uint64_t newest = 0;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        uint64_t number = number_of(entry->d_name, CAMERAS);

        newest = number > newest ? number : newest;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return newest;
}

/* @param before  remove files with this prefix and a smaller number */
static void remove_files(const char *folder, const char *prefix,
                         uint64_t before)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        uint64_t number = number_of(entry->d_name, prefix);

        if (number != 0 && number < before) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

void cctv_files_remove_before(const char *folder, uint64_t number)
{
    remove_files(folder, CAMERAS, number);
    remove_files(folder, STATUS, number);
}

/* ---- Mapping ---- */

/* @return NULL: see *rv and *why */
static void *map_file(const char *path, int writable, size_t *size,
                      apr_status_t *rv, const char **why)
{
    int fd = open(path,
                  (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC);
    void *memory = MAP_FAILED;
    struct stat info;

    *why = "it cannot be read";
    if (fd < 0 || fstat(fd, &info) != 0) {
        *rv = errno;
    }
    else if (!S_ISREG(info.st_mode) || info.st_size <= 0) {
        *rv = APR_EGENERAL;
        *why = "it is empty";
    }
    else {
        *size = (size_t)info.st_size;
        memory = mmap(NULL, *size, PROT_READ | (writable ? PROT_WRITE : 0),
                      MAP_SHARED, fd, 0);
        *rv = errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    return memory == MAP_FAILED ? NULL : memory;
}

void cctv_files_unmap(cctv_mapped_t *mapped)
{
    if (mapped->cameras != NULL) {
        munmap(mapped->cameras, mapped->cameras_size);
    }
    if (mapped->statuses != NULL) {
        munmap(mapped->statuses, mapped->statuses_size);
    }
    *mapped = (cctv_mapped_t){ .cameras = NULL };
}

/* @param database  NULL: any */
static apr_status_t map_cameras(const char *path, const uint64_t *database,
                                cctv_mapped_t *out, const char **why)
{
    apr_status_t rv;

    *out = (cctv_mapped_t){ .cameras = NULL };
    out->cameras = map_file(path, false, &out->cameras_size, &rv, why);
    if (out->cameras == NULL) {
        return rv;
    }
    *why = cctv_catalogue_open(out->cameras, out->cameras_size,
                               &out->catalogue);
    if (*why == NULL && database != NULL
        && out->catalogue.head->database != *database) {
        *why = "it has the cameras of another database";
    }
    if (*why != NULL) {
        cctv_files_unmap(out);
        return APR_EGENERAL;
    }
    return APR_SUCCESS;
}

static apr_status_t map_statuses(const char *path, cctv_mapped_t *out,
                                 const char **why)
{
    apr_status_t rv;

    out->statuses = map_file(path, true, &out->statuses_size, &rv, why);
    if (out->statuses == NULL) {
        return rv;
    }
    *why = cctv_statuses_open(&out->catalogue, out->statuses,
                              out->statuses_size);
    return *why == NULL ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t cctv_files_map(const char *folder, uint64_t number,
                            uint64_t database, cctv_mapped_t *out,
                            const char **why)
{
    path_t path;
    apr_status_t rv = map_cameras(path_of(&path, folder, CAMERAS, number),
                                  &database, out, why);

    if (rv == APR_SUCCESS) {
        rv = map_statuses(path_of(&path, folder, STATUS, number), out, why);
        if (rv != APR_SUCCESS) {
            cctv_files_unmap(out);
        }
    }
    return rv;
}

/* ---- Writing ---- */

int cctv_files_create(const char *folder)
{
    path_t path;

    remove_files(folder, NEW, UINT64_MAX);
    remove_files(folder, NEW_STATUS, UINT64_MAX);
    return open(new_path(&path, folder),
                O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
}

void cctv_files_discard(const char *folder, int fd)
{
    path_t path;

    unlink(new_path(&path, folder));
    close(fd);
}

/* Write new statuses of a mapped catalogue. A mapping of a file with holes
 * could kill the process when the disk is full, so the file is written. */
static apr_status_t write_statuses(const char *folder, uint64_t number,
                                   cctv_catalogue_t *catalogue)
{
    size_t size = cctv_statuses_size(catalogue);
    void *memory = malloc(size);
    path_t from, to;
    apr_status_t rv = APR_SUCCESS;
    ssize_t written;
    int fd;

    if (memory == NULL) {
        return ENOMEM;
    }
    cctv_statuses_init(catalogue, memory);
    path_of(&from, folder, NEW_STATUS, (uint64_t)getpid());
    fd = open(from.text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
              MODE);
    written = fd < 0 ? -1 : write(fd, memory, size);
    if (written < 0 || fsync(fd) != 0) {
        rv = errno;
    }
    else if ((size_t)written < size) {
        rv = ENOSPC;
    }
    else if (rename(from.text, path_of(&to, folder, STATUS, number)) != 0) {
        rv = errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    if (rv != APR_SUCCESS) {
        unlink(from.text);
    }
    free(memory);
    return rv;
}

apr_status_t cctv_files_publish(const char *folder, int fd, uint64_t number,
                                const char **why)
{
    path_t from, to;
    cctv_mapped_t mapped;
    apr_status_t rv;

    *why = "it cannot be written";
    new_path(&from, folder);
    rv = fsync(fd) == 0 ? APR_SUCCESS : errno;
    if (rv == APR_SUCCESS) {
        rv = map_cameras(from.text, NULL, &mapped, why);
    }
    if (rv == APR_SUCCESS) {
        *why = "its statuses cannot be written";
        rv = write_statuses(folder, number, &mapped.catalogue);
        cctv_files_unmap(&mapped);
    }
    if (rv == APR_SUCCESS
        && rename(from.text, path_of(&to, folder, CAMERAS, number)) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        unlink(from.text);
    }
    close(fd);
    return rv;
}

apr_status_t cctv_files_repair(const char *folder, uint64_t number,
                               uint64_t database, const char **why)
{
    path_t path;
    cctv_mapped_t mapped;
    apr_status_t rv = map_cameras(path_of(&path, folder, CAMERAS, number),
                                  &database, &mapped, why);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (map_statuses(path_of(&path, folder, STATUS, number), &mapped, why)
        == APR_SUCCESS) {
        cctv_statuses_repair(&mapped.catalogue);
    }
    else {
        *why = "its statuses cannot be written";
        rv = write_statuses(folder, number, &mapped.catalogue);
    }
    cctv_files_unmap(&mapped);
    return rv;
}
