/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file copy.c
 * @brief A private copy of a MaxMind DB file, ready for lookups.
 * Layer: pure.
 */
#include "geoip/copy.h"

#include "geoip/record.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* The metadata follows this marker. */
static const char marker[] = "\xab\xcd\xefMaxMind.com";
#define MARKER_LEN (sizeof marker - 1)

/* The number of zero bytes between the search tree and the data section. */
#define SEPARATOR 16

static const char corrupt[] = "it is corrupt, or no MaxMind DB file";

static bool fail(cctv_geoip_failure_t *why, const char *text,
                 const char *detail, int error)
{
    *why = (cctv_geoip_failure_t){ text, detail, error };
    return false;
}

static cctv_geoip_state_t state(int rv, const struct stat *info)
{
    if (rv != 0) {
        return (cctv_geoip_state_t){ .error = errno };
    }
    return (cctv_geoip_state_t){ .device = info->st_dev,
                                 .inode = info->st_ino,
                                 .size = info->st_size,
                                 .modified = info->st_mtim,
                                 .changed = info->st_ctim };
}

cctv_geoip_state_t cctv_geoip_state_of(const char *path)
{
    struct stat info;
    int rv = stat(path, &info);

    return state(rv, &info);
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool cctv_geoip_state_is_same(const cctv_geoip_state_t *a,
                              const cctv_geoip_state_t *b)
{
    return a->error == b->error && a->device == b->device
           && a->inode == b->inode && a->size == b->size
           && is_same_time(&a->modified, &b->modified)
           && is_same_time(&a->changed, &b->changed);
}

/* Whether an open file may be copied.
 * @param now  written: the state of the file */
static bool is_fit(int file, cctv_geoip_state_t *now,
                   cctv_geoip_failure_t *why)
{
    struct stat info;
    int rv = fstat(file, &info);

    *now = state(rv, &info);
    if (rv != 0) {
        return fail(why, "it cannot be looked at", NULL, now->error);
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(why, "it is not a regular file", NULL, 0);
    }
    if (info.st_size == 0) {
        return fail(why, "it is empty", NULL, 0);
    }
    if (info.st_size > CCTV_GEOIP_MAX_SIZE) {
        return fail(why, "it is larger than 1 GB", NULL, 0);
    }
    return true;
}

static bool copy_bytes(int memory, int file, const cctv_geoip_state_t *before,
                       cctv_geoip_failure_t *why)
{
    cctv_geoip_state_t after;
    off_t left = before->size;
    ssize_t sent = 1;

    while (left > 0 && sent > 0) {
        sent = sendfile(memory, file, NULL, (size_t)left);
        left -= sent > 0 ? sent : 0;
    }
    if (sent < 0) {
        return fail(why, "it cannot be read", NULL, errno);
    }
    if (!is_fit(file, &after, why)) {
        return false;
    }
    if (left > 0 || !cctv_geoip_state_is_same(before, &after)) {
        return fail(why, "it was changed while it was read", NULL, 0);
    }
    if (fcntl(memory, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)
        != 0) {
        return fail(why, "its copy cannot be protected", NULL, errno);
    }
    return true;
}

/* If a file ends with the marker, libmaxminddb 1.7 reads past its end. */
static bool ends_with_marker(int memory, off_t size)
{
    char end[MARKER_LEN];
    ssize_t got = size < (off_t)sizeof end ? 0
                                           : pread(memory, end, sizeof end,
                                                   size - (off_t)sizeof end);

    return got == (ssize_t)sizeof end && memcmp(end, marker, sizeof end) == 0;
}

/* The result of a walk over the search tree. */
typedef struct {
    uint8_t *seen;
    bool has_country;
} survey_t;

static bool survey_side(const MMDB_s *mmdb, uint8_t type,
                        const MMDB_entry_s *record, survey_t *survey)
{
    if (type != MMDB_RECORD_TYPE_DATA) {
        return type != MMDB_RECORD_TYPE_INVALID;
    }
    if (!cctv_geoip_record_is_sound(mmdb, record->offset, survey->seen)) {
        return false;
    }
    survey->has_country = survey->has_country
                          || cctv_geoip_record_country(record)
                                 != CCTV_COUNTRY_UNKNOWN;
    return true;
}

static bool survey_tree(const MMDB_s *mmdb, survey_t *survey)
{
    MMDB_search_node_s node;
    uint32_t i;

    for (i = 0; i < mmdb->metadata.node_count; i++) {
        if (MMDB_read_node(mmdb, i, &node) != MMDB_SUCCESS
            || !survey_side(mmdb, node.left_record_type,
                            &node.left_record_entry, survey)
            || !survey_side(mmdb, node.right_record_type,
                            &node.right_record_entry, survey)) {
            return false;
        }
    }
    return true;
}

static bool check_content(const MMDB_s *mmdb, cctv_geoip_failure_t *why)
{
    survey_t survey = { .has_country = false };
    bool is_sound;

    /* libmaxminddb 1.7 does this multiplication in 32 bits. */
    if ((uint64_t)mmdb->metadata.node_count * mmdb->full_record_byte_size
            + SEPARATOR
        > (uint64_t)mmdb->file_size) {
        return fail(why, corrupt, "the search tree is cut off", 0);
    }
    survey.seen = calloc(mmdb->data_section_size / 8 + 1, 1);
    if (survey.seen == NULL) {
        return fail(why, "it cannot be checked", NULL, errno);
    }
    is_sound = survey_tree(mmdb, &survey);
    free(survey.seen);
    if (!is_sound) {
        return fail(why, corrupt, "its data makes no sense", 0);
    }
    if (!survey.has_country) {
        return fail(why,
                    "no network in it has a country.iso_code or a "
                    "country_code: it is no country database",
                    NULL, 0);
    }
    return true;
}

static bool open_database(cctv_geoip_copy_t *copy, int memory,
                          cctv_geoip_failure_t *why)
{
    char path[32];
    int status;

    if (ends_with_marker(memory, copy->state.size)) {
        return fail(why, corrupt, "its metadata is cut off", 0);
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    errno = 0;
    status = MMDB_open(path, MMDB_MODE_MMAP, &copy->mmdb);
    if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR
        || status == MMDB_OUT_OF_MEMORY_ERROR) {
        return fail(why, "its copy cannot be opened", MMDB_strerror(status),
                    errno);
    }
    if (status != MMDB_SUCCESS) {
        return fail(why, corrupt, MMDB_strerror(status), 0);
    }
    if (!check_content(&copy->mmdb, why)) {
        MMDB_close(&copy->mmdb);
        return false;
    }
    return true;
}

static bool open_file(cctv_geoip_copy_t *copy, int file,
                      cctv_geoip_failure_t *why)
{
    bool is_good;
    int memory;

    if (!is_fit(file, &copy->state, why)) {
        return false;
    }
    memory = memfd_create("cctv-geoip", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0) {
        return fail(why, "there is no memory for a copy", NULL, errno);
    }
    is_good = copy_bytes(memory, file, &copy->state, why)
              && open_database(copy, memory, why);
    close(memory);
    return is_good;
}

bool cctv_geoip_copy_open(cctv_geoip_copy_t *copy, const char *path,
                          cctv_geoip_failure_t *why)
{
    /* Without O_NONBLOCK, opening a pipe without a writer would block. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    cctv_geoip_copy_t made = { .state = { .error = 0 } };
    bool is_good;

    if (file < 0) {
        return fail(why, "it cannot be opened", NULL, errno);
    }
    is_good = open_file(&made, file, why);
    close(file);
    if (is_good) {
        *copy = made;
    }
    return is_good;
}

void cctv_geoip_copy_close(cctv_geoip_copy_t *copy)
{
    MMDB_close(&copy->mmdb);
}

/* From a hash of 32 bits to the number of an entry. */
#define MEMO_SHIFT 23

_Static_assert(CCTV_GEOIP_MEMO == UINT64_C(1) << (32 - MEMO_SHIFT),
               "a hash leads to no entry");

static cctv_country_t country_of(cctv_geoip_copy_t *copy,
                                 const MMDB_entry_s *record)
{
    uint32_t hash = record->offset * UINT32_C(0x9e3779b1);
    _Atomic uint64_t *known = &copy->countries[hash >> MEMO_SHIFT];
    uint64_t tag = (uint64_t)record->offset + 1;
    uint64_t word = atomic_load_explicit(known, memory_order_relaxed);

    if (word >> 16 != tag) {
        word = tag << 16 | cctv_geoip_record_country(record);
        atomic_store_explicit(known, word, memory_order_relaxed);
    }
    return (cctv_country_t)(word & 0xFFFF);
}

static cctv_country_t find(cctv_geoip_copy_t *copy,
                           const struct sockaddr *address)
{
    MMDB_lookup_result_s found;
    int error;

    found = MMDB_lookup_sockaddr(&copy->mmdb, address, &error);
    return error == MMDB_SUCCESS && found.found_entry
               ? country_of(copy, &found.entry)
               : CCTV_COUNTRY_UNKNOWN;
}

cctv_country_t cctv_geoip_copy_find(cctv_geoip_copy_t *copy,
                                    const struct sockaddr *address)
{
    struct sockaddr_in mapped = { .sin_family = AF_INET };
    struct sockaddr_in6 ip6;

    if (address->sa_family == AF_INET) {
        return find(copy, address);
    }
    if (address->sa_family != AF_INET6) {
        return CCTV_COUNTRY_UNKNOWN;
    }
    memcpy(&ip6, address, sizeof ip6);
    if (!IN6_IS_ADDR_V4MAPPED(&ip6.sin6_addr)) {
        return find(copy, address);
    }
    memcpy(&mapped.sin_addr, ip6.sin6_addr.s6_addr + 12,
           sizeof mapped.sin_addr);
    return find(copy, (const struct sockaddr *)&mapped);
}
