/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_state.h
 * @brief What the tests of the state file have in common.
 */
#ifndef T_STATE_H
#define T_STATE_H

#include "memory/state_file.h"
#include "metrics/series_state.h"
#include "views/state.h"
#include "t_shared.h"

/** How often a state is saved. */
#define INTERVAL (10 * SECOND)

/** The boot id of the running system. */
const char *this_boot(void);

cctv_state_time_t state_time(cctv_time_t now);

/** The path of a state file that is not there yet, in a folder of its own. */
const char *make_path(void);

/** A file as it is; the end of its name may be added. */
typedef struct {
    char *data;
    size_t len;
} t_file_t;

t_file_t read_all(const char *path);
bool is_there(const char *path, const char *suffix);

/** Save; it must be possible. */
void must_save(const cctv_views_t *shared, const char *path, bool clean,
               cctv_time_t now);

/** Load all; it must be possible. */
cctv_state_report_t must_load(cctv_views_t *shared, const char *path,
                              cctv_time_t now);

/** Take what is in memory for a file of this boot, saved or not. */
cctv_state_status_t read_state(cctv_views_t *shared, const t_file_t *file,
                               cctv_time_t now, cctv_state_report_t *report);

/** The checksum that `file` should have. */
void correct_checksum(t_file_t *file);

/** The session with this id; it must be there. */
cctv_view_t must_find(const cctv_views_t *shared, const char *id);

#endif
