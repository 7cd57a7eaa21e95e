/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_state.c
 * @brief Shared by the tests of the state file.
 */
#include "t_common.h"
#include "t_state.h"

#include "apr_strings.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

cctv_state_time_t state_time(cctv_time_t now)
{
    return (cctv_state_time_t){ .now = now, .interval = INTERVAL, .day = DAY };
}

static apr_status_t remove_folder(void *folder)
{
    char path[4096];
    struct dirent *entry;
    DIR *dir = opendir(folder);

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", (const char *)folder,
                     entry->d_name);
            remove(path);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    rmdir(folder);
    return APR_SUCCESS;
}

const char *make_path(void)
{
    const char *base = getenv("TMPDIR");
    char *folder = apr_pstrcat(pool, base != NULL ? base : "/tmp",
                               "/cctv-state-XXXXXX", NULL);

    ck_assert_ptr_nonnull(mkdtemp(folder));
    apr_pool_cleanup_register(pool, folder, remove_folder,
                              apr_pool_cleanup_null);
    return apr_pstrcat(pool, folder, "/state", NULL);
}

t_file_t read_all(const char *path)
{
    t_file_t file = { .data = apr_palloc(pool, 1 << 20) };
    FILE *stream = fopen(path, "rb");

    ck_assert_ptr_nonnull(stream);
    file.len = fread(file.data, 1, 1 << 20, stream);
    fclose(stream);
    return file;
}

bool is_there(const char *path, const char *suffix)
{
    struct stat stat;

    return lstat(apr_pstrcat(pool, path, suffix, NULL), &stat) == 0;
}

void must_save(const cctv_views_t *shared, const char *path, bool clean,
               cctv_time_t now)
{
    cctv_state_time_t time = state_time(now);

    ck_assert_int_eq(cctv_state_save(segment_of(shared), path, clean, &time),
                     CCTV_STATE_OK);
}

cctv_state_report_t must_load(cctv_views_t *shared, const char *path,
                              cctv_time_t now)
{
    cctv_state_time_t time = state_time(now);
    cctv_state_report_t report;

    ck_assert_int_eq(
        cctv_state_load(segment_of(shared), path, &time, false, &report),
        CCTV_STATE_OK);
    return report;
}

const char *this_boot(void)
{
    static char boot[64];
    FILE *stream;

    if (boot[0] == '\0') {
        stream = fopen("/proc/sys/kernel/random/boot_id", "r");
        ck_assert_ptr_nonnull(stream);
        ck_assert_ptr_nonnull(fgets(boot, sizeof boot, stream));
        fclose(stream);
    }
    return boot;
}

cctv_state_status_t read_state(cctv_views_t *shared, const t_file_t *file,
                               cctv_time_t now, cctv_state_report_t *report)
{
    cctv_state_time_t time = state_time(now);

    return cctv_state_read(segment_of(shared), file->data, file->len,
                           this_boot(), &time, false, report);
}

void correct_checksum(t_file_t *file)
{
    uint64_t checksum = XXH3_64bits(file->data, file->len - sizeof checksum);

    memcpy(file->data + file->len - sizeof checksum, &checksum,
           sizeof checksum);
}

cctv_view_t must_find(const cctv_views_t *shared, const char *id)
{
    cctv_view_t view;

    ck_assert(cctv_view_table_find(&shared->table, id, &view));
    return view;
}
