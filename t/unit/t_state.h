/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_state.h
 * @brief Shared by the tests of the state file.
 */
#ifndef T_STATE_H
#define T_STATE_H

#include "memory/state_file.h"
#include "metrics/series_state.h"
#include "views/state.h"
#include "t_shared.h"

/** The interval between two saves. */
#define INTERVAL (10 * SECOND)

/** The boot id of the running system. */
const char *this_boot(void);

cctv_state_time_t state_time(cctv_time_t now);

/** The path of a state file that does not exist yet, in a new folder. */
const char *make_path(void);

/** The bytes of a file, with room to append some. */
typedef struct {
    char *data;
    size_t len;
} t_file_t;

t_file_t read_all(const char *path);
bool is_there(const char *path, const char *suffix);

/** Save the state; the test fails if that is impossible. */
void must_save(const cctv_views_t *shared, const char *path, bool clean,
               cctv_time_t now);

/** Load everything; the test fails if that is impossible. */
cctv_state_report_t must_load(cctv_views_t *shared, const char *path,
                              cctv_time_t now);

/** Load these bytes as a state file that was written in this boot. */
cctv_state_status_t read_state(cctv_views_t *shared, const t_file_t *file,
                               cctv_time_t now, cctv_state_report_t *report);

/** Set the checksum of `file` to the correct value. */
void correct_checksum(t_file_t *file);

/** The view with this id; the test fails if there is none. */
cctv_view_t must_find(const cctv_views_t *shared, const char *id);

#endif
