/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state_save.c
 * @brief Writes the state file.
 * Layer: pure.
 */
#include "memory/state_file.h"

#include <xxhash.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_FILE "/proc/sys/kernel/random/boot_id"

#define BUFFER_SIZE 65536

_Static_assert(CCTV_RECORD_MAX <= BUFFER_SIZE, "a record is too large");

/* Collects records until their section is full, or until a record of another
 * region or size follows. Only then the number of records, which the head of a
 * section contains, is known. */
struct cctv_state_writer_t {
    int fd;
    bool failed;
    cctv_state_section_t section;
    size_t len;
    XXH3_state_t *checksum;
    char records[BUFFER_SIZE];
};

static void write_all(cctv_state_writer_t *writer, const void *data,
                      size_t size)
{
    const char *at = data;

    XXH3_64bits_update(writer->checksum, data, size);
    while (size > 0 && !writer->failed) {
        ssize_t n = write(writer->fd, at, size);

        if (n < 0 && errno != EINTR) {
            writer->failed = true;
        }
        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
    }
}

static void end_section(cctv_state_writer_t *writer)
{
    if (writer->section.count > 0) {
        write_all(writer, &writer->section, sizeof writer->section);
        write_all(writer, writer->records, writer->len);
    }
    writer->section.count = 0;
    writer->len = 0;
}

void cctv_state_put(cctv_state_writer_t *writer, const char *region,
                    const void *record, size_t size)
{
    cctv_state_section_t *section = &writer->section;

    if (section->record_size != size
        || strncmp(section->region, region, sizeof section->region) != 0
        || writer->len + size > sizeof writer->records) {
        end_section(writer);
        memset(section, 0, sizeof *section);
        memcpy(section->region, region,
               strnlen(region, sizeof section->region - 1));
        section->record_size = (uint32_t)size;
    }
    memcpy(writer->records + writer->len, record, size);
    writer->len += size;
    section->count++;
}

void cctv_state_read_boot(char *boot)
{
    FILE *file = fopen(BOOT_FILE, "re");

    memset(boot, 0, CCTV_STATE_BOOT_SIZE);
    if (file != NULL) {
        if (fgets(boot, CCTV_STATE_BOOT_SIZE, file) == NULL) {
            boot[0] = '\0';
        }
        fclose(file);
    }
}

static void put_head(cctv_state_writer_t *writer,
                     const cctv_segment_t *segment, bool is_clean,
                     const cctv_state_time_t *time)
{
    cctv_state_head_t head = { .magic = CCTV_STATE_MAGIC,
                               .version = CCTV_STATE_VERSION,
                               .is_clean = is_clean,
                               .saved = time->now,
                               .interval = time->interval,
                               .started = segment->head->started };

    cctv_state_read_boot(head.boot);
    memcpy(head.key, segment->head->key, sizeof head.key);
    write_all(writer, &head, sizeof head);
}

typedef struct {
    cctv_state_writer_t *writer;
    const char *region;
} counter_context_t;

static void put_counter(void *context_, const char *name,
                        _Atomic uint64_t *cells, size_t count)
{
    const counter_context_t *context = context_;
    cctv_state_counter_t counter = { .name = "" };
    bool is_zero = true;
    size_t i;

    snprintf(counter.name, sizeof counter.name, "%s/%s", context->region,
             name);
    for (i = 0; i < count && i < CCTV_COUNTER_CELLS_MAX; i++) {
        counter.values[i] = atomic_load_explicit(&cells[i],
                                                 memory_order_relaxed);
        is_zero = is_zero && counter.values[i] == 0;
    }
    if (is_zero) {
        return;
    }
    cctv_state_put(context->writer, CCTV_COUNTER_SECTION, &counter,
                   offsetof(cctv_state_counter_t, values)
                       + i * sizeof counter.values[0]);
}

static void put_regions(cctv_state_writer_t *writer,
                        const cctv_segment_t *segment, bool is_clean,
                        cctv_time_t now)
{
    int i;

    for (i = 0; i < segment->count; i++) {
        const cctv_segment_place_t *place = &segment->places[i];
        counter_context_t context = { writer, place->region->name };

        if (place->region->counters != NULL) {
            place->region->counters(place->at, put_counter, &context);
        }
        if (place->region->save != NULL) {
            place->region->save(segment, is_clean, now, writer);
        }
    }
    end_section(writer);
}

static bool write_state(int fd, const cctv_segment_t *segment, bool is_clean,
                        const cctv_state_time_t *time)
{
    cctv_state_writer_t *writer = calloc(1, sizeof *writer);
    uint64_t checksum;
    bool failed = true;

    if (writer == NULL) {
        return false;
    }
    writer->fd = fd;
    writer->checksum = XXH3_createState();
    if (writer->checksum != NULL) {
        XXH3_64bits_reset(writer->checksum);
        put_head(writer, segment, is_clean, time);
        put_regions(writer, segment, is_clean, time->now);
        checksum = XXH3_64bits_digest(writer->checksum);
        write_all(writer, &checksum, sizeof checksum);
        failed = writer->failed;
    }
    XXH3_freeState(writer->checksum);
    free(writer);
    return !failed && fdatasync(fd) == 0;
}

/* Open "<path>.new", lock it and make it empty. */
static cctv_state_status_t open_new(const char *path, int *fd)
{
    struct stat opened;
    struct stat named;

    *fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
               0600);
    if (*fd < 0) {
        return CCTV_STATE_ERROR;
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        close(*fd);
        return errno == EWOULDBLOCK ? CCTV_STATE_BUSY : CCTV_STATE_ERROR;
    }
    /* The process that held the lock before may have renamed the file. */
    if (fstat(*fd, &opened) != 0 || lstat(path, &named) != 0
        || opened.st_ino != named.st_ino) {
        close(*fd);
        return CCTV_STATE_BUSY;
    }
    if (!S_ISREG(opened.st_mode)) {
        close(*fd);
        errno = EEXIST;
        return CCTV_STATE_ERROR;
    }
    if (ftruncate(*fd, 0) != 0 || fchmod(*fd, 0600) != 0) {
        close(*fd);
        return CCTV_STATE_ERROR;
    }
    return CCTV_STATE_OK;
}

/* After a power failure the previous state file must not reappear, because it
 * may be a clean one. Not every file system can guarantee that. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX] = ".";
    int fd;

    if (slash != NULL) {
        memcpy(folder, path, (size_t)(slash - path) + 1);
        folder[slash - path + 1] = '\0';
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

cctv_state_status_t cctv_state_save(const cctv_segment_t *segment,
                                    const char *path, bool is_clean,
                                    const cctv_state_time_t *time)
{
    char temporary[PATH_MAX];
    cctv_state_status_t status;
    int error;
    int fd;

    if (snprintf(temporary, sizeof temporary, "%s.new", path)
        >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return CCTV_STATE_ERROR;
    }
    status = open_new(temporary, &fd);
    if (status != CCTV_STATE_OK) {
        return status;
    }
    /* Closing the file releases the lock, so rename it before. */
    if (!write_state(fd, segment, is_clean, time)
        || rename(temporary, path) != 0) {
        error = errno;
        unlink(temporary);
        errno = error;
        status = CCTV_STATE_ERROR;
    }
    else {
        sync_folder(path);
    }
    error = errno;
    close(fd);
    errno = error;
    return status;
}
