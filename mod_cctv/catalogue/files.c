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
#include <xxhash.h>

#define CAMERAS    "cameras-"
#define STATUS     "status-"
#define NEW        "new-"
#define NEW_STATUS "newstatus-"

/* Only Apache's user may read a catalogue: it has the cameras of all roles. */
#define MODE 0600

typedef struct {
    char text[PATH_MAX];
} path_t;

static path_t path_of(const char *folder, const char *prefix, uint64_t number)
{
    path_t path;

    snprintf(path.text, sizeof path.text, "%s/%s%" PRIu64, folder, prefix,
             number);
    return path;
}

/* The name of a file while this thread writes it. */
static path_t new_path(const char *folder, const char *prefix)
{
    return path_of(folder, prefix, (uint64_t)gettid());
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

/* @param before  remove files with this prefix and a smaller number
 * @param kept    but these; NULL: none */
static void remove_files(const char *folder, const char *prefix,
                         uint64_t before, const uint64_t kept[2])
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        uint64_t number = number_of(entry->d_name, prefix);

        if (number != 0 && number < before
            && (kept == NULL || (number != kept[0] && number != kept[1]))) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

void cctv_files_remove_before(const char *folder, uint64_t number,
                              const uint64_t kept[2])
{
    remove_files(folder, CAMERAS, number, kept);
    remove_files(folder, STATUS, number, kept);
}

void cctv_files_clean(const char *folder)
{
    remove_files(folder, NEW, UINT64_MAX, NULL);
    remove_files(folder, NEW_STATUS, UINT64_MAX, NULL);
}

/* ---- Mapping ---- */

/* Changes whenever a file is written. */
static uint64_t identity_of(const struct stat *info)
{
    const uint64_t parts[] = { info->st_dev,
                               info->st_ino,
                               (uint64_t)info->st_size,
                               (uint64_t)info->st_mtim.tv_sec,
                               (uint64_t)info->st_mtim.tv_nsec,
                               (uint64_t)info->st_ctim.tv_sec,
                               (uint64_t)info->st_ctim.tv_nsec };

    return XXH3_64bits(parts, sizeof parts);
}

/* @param info  written on success
 * @return NULL: see *rv and *why */
static void *map_file(const char *path, bool is_writable, struct stat *info,
                      apr_status_t *rv, const char **why)
{
    int fd = open(path,
                  (is_writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC);
    void *memory = MAP_FAILED;

    *why = "it cannot be read";
    if (fd < 0 || fstat(fd, info) != 0) {
        *rv = errno;
    }
    else if (!S_ISREG(info->st_mode) || info->st_size <= 0) {
        *rv = APR_EGENERAL;
        *why = "it is empty";
    }
    else {
        memory = mmap(NULL, (size_t)info->st_size,
                      PROT_READ | (is_writable ? PROT_WRITE : 0), MAP_SHARED,
                      fd, 0);
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

/* @param database  NULL: any
 * @param checked   NULL: check it completely */
static apr_status_t map_cameras(const char *path, const uint64_t *database,
                                uint64_t *checked, cctv_mapped_t *out,
                                const char **why)
{
    struct stat info;
    apr_status_t rv;
    bool is_checked;

    *out = (cctv_mapped_t){ .cameras = NULL };
    out->cameras = map_file(path, false, &info, &rv, why);
    if (out->cameras == NULL) {
        return rv;
    }
    out->cameras_size = (size_t)info.st_size;
    is_checked = checked != NULL && *checked == identity_of(&info);
    *why = (is_checked ? cctv_catalogue_open_checked : cctv_catalogue_open)(
        out->cameras, out->cameras_size, &out->catalogue);
    if (*why == NULL && database != NULL
        && out->catalogue.head->database != *database) {
        *why = "it has the cameras of another database, or is from before "
               "CCTVBrowserHls was changed";
    }
    if (*why != NULL) {
        cctv_files_unmap(out);
        return APR_EGENERAL;
    }
    if (checked != NULL) {
        *checked = identity_of(&info);
    }
    return APR_SUCCESS;
}

static apr_status_t map_statuses(const char *path, cctv_mapped_t *out,
                                 const char **why)
{
    struct stat info;
    apr_status_t rv;

    out->statuses = map_file(path, true, &info, &rv, why);
    if (out->statuses == NULL) {
        return rv;
    }
    out->statuses_size = (size_t)info.st_size;
    *why = cctv_statuses_open(&out->catalogue, out->statuses,
                              out->statuses_size);
    return *why == NULL ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t cctv_files_map(const char *folder, uint64_t number,
                            uint64_t database, uint64_t *checked,
                            cctv_mapped_t *out, const char **why)
{
    path_t cameras = path_of(folder, CAMERAS, number);
    path_t statuses = path_of(folder, STATUS, number);
    apr_status_t rv = map_cameras(cameras.text, &database, checked, out, why);

    if (rv == APR_SUCCESS) {
        rv = map_statuses(statuses.text, out, why);
        if (rv != APR_SUCCESS) {
            cctv_files_unmap(out);
        }
    }
    return rv;
}

/* ---- Writing ---- */

int cctv_files_create(const char *folder)
{
    path_t path = new_path(folder, NEW);

    unlink(path.text);
    return open(path.text, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                MODE);
}

void cctv_files_discard(const char *folder, int fd)
{
    path_t path = new_path(folder, NEW);

    unlink(path.text);
    close(fd);
}

/* Write a whole file. A mapping of a file with holes could kill the process when
 * the disk is full, so all of it is written. */
static apr_status_t write_file(const char *path, const void *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  MODE);
    apr_status_t rv = APR_SUCCESS;
    ssize_t written;

    if (fd < 0) {
        return errno;
    }
    written = write(fd, data, size);
    if (written >= 0 && (size_t)written < size) {
        rv = ENOSPC;
    }
    else if (written < 0 || fsync(fd) != 0) {
        rv = errno;
    }
    close(fd);
    return rv;
}

static apr_status_t write_statuses(const char *folder, uint64_t number,
                                   cctv_catalogue_t *catalogue)
{
    size_t size = cctv_statuses_size(catalogue);
    void *memory = malloc(size);
    path_t from = new_path(folder, NEW_STATUS);
    path_t to = path_of(folder, STATUS, number);
    apr_status_t rv;

    if (memory == NULL) {
        return ENOMEM;
    }
    cctv_statuses_init(catalogue, memory);
    unlink(from.text);
    rv = write_file(from.text, memory, size);
    free(memory);
    if (rv == APR_SUCCESS && rename(from.text, to.text) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        unlink(from.text);
    }
    return rv;
}

/* @return the identity under its last name; 0: it is not known */
static uint64_t identity_of_fd(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 ? identity_of(&info) : 0;
}

apr_status_t cctv_files_publish(const char *folder, int fd, uint64_t number,
                                uint64_t *checked, const char **why)
{
    path_t from = new_path(folder, NEW);
    path_t to = path_of(folder, CAMERAS, number);
    cctv_mapped_t mapped;
    apr_status_t rv = fsync(fd) == 0 ? APR_SUCCESS : errno;

    /* Its statuses would take the place of those of the other one. */
    if (rv == APR_SUCCESS && access(to.text, F_OK) == 0) {
        rv = EEXIST;
    }
    *why = "it cannot be written";
    if (rv == APR_SUCCESS) {
        rv = map_cameras(from.text, NULL, NULL, &mapped, why);
    }
    if (rv == APR_SUCCESS) {
        *why = "its statuses cannot be written";
        rv = write_statuses(folder, number, &mapped.catalogue);
        cctv_files_unmap(&mapped);
    }
    if (rv == APR_SUCCESS && rename(from.text, to.text) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        unlink(from.text);
    }
    *checked = identity_of_fd(fd);
    close(fd);
    return rv;
}

/* @param base  written: the number of the file's base; 0: it is one */
static apr_status_t repair(const char *folder, uint64_t number,
                           uint64_t database, uint64_t *base, const char **why)
{
    path_t cameras = path_of(folder, CAMERAS, number);
    path_t statuses = path_of(folder, STATUS, number);
    cctv_mapped_t mapped;
    apr_status_t rv = map_cameras(cameras.text, &database, NULL, &mapped, why);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (map_statuses(statuses.text, &mapped, why) == APR_SUCCESS) {
        cctv_statuses_repair(&mapped.catalogue);
    }
    else {
        *why = "its statuses cannot be written";
        rv = write_statuses(folder, number, &mapped.catalogue);
    }
    *base = mapped.catalogue.head->base;
    cctv_files_unmap(&mapped);
    return rv;
}

apr_status_t cctv_files_repair(const char *folder, uint64_t number,
                               uint64_t database, uint64_t *base,
                               const char **why)
{
    uint64_t below = 0;
    apr_status_t rv = repair(folder, number, database, &below, why);

    *base = below == 0 ? number : below;
    return rv == APR_SUCCESS && below != 0
               ? repair(folder, below, database, &below, why)
               : rv;
}
