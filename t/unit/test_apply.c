/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "t_catalogue.h"

#include "cameras/geojson.h"
#include "cameras/statements.h"
#include "catalogue/apply.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNT 3000

#define COLUMN_NAME(name, sql) #name,

static const char *const column_names[] = { CCTV_COLUMN_LIST(
    COLUMN_NAME, COLUMN_NAME) "name_folded" };
/* With the folded name. */
#define COLUMNS ((int)(sizeof column_names / sizeof column_names[0]))

static void set(PGresult *rows, int row, int column, cctv_text_t text)
{
    char *value = apr_pstrmemdup(pool, text.text == NULL ? "" : text.text,
                                 text.len);

    ck_assert_int_ne(PQsetvalue(rows, row, column,
                                text.text == NULL ? NULL : value,
                                text.text == NULL ? -1 : (int)text.len),
                     0);
}

static cctv_text_t boolean(bool value)
{
    return (cctv_text_t){ value ? "t" : "f", 1 };
}

/* The rows that the database would have for these cameras. */
static PGresult *rows_of(const t_camera_t *cameras, int count)
{
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[COLUMNS];
    int i;

    memset(columns, 0, sizeof columns);
    for (i = 0; i < COLUMNS; i++) {
        columns[i].name = apr_pstrdup(pool, column_names[i]);
    }
    ck_assert_int_ne(PQsetResultAttrs(rows, COLUMNS, columns), 0);
    for (i = 0; i < count; i++) {
        cctv_camera_t camera;
        int column;

        t_camera(&cameras[i], &camera);
        for (column = 0; column < COLUMNS; column++) {
            set(rows, i, column, (cctv_text_t){ NULL, 0 });
        }
        set(rows, i, CCTV_COLUMN_ID, camera.id);
        set(rows, i, CCTV_COLUMN_LNG, camera.lng);
        set(rows, i, CCTV_COLUMN_LAT, camera.lat);
        set(rows, i, CCTV_COLUMN_NAME, camera.name);
        set(rows, i, CCTV_COLUMN_ROLE, camera.role);
        set(rows, i, CCTV_COLUMN_STATUS, camera.status);
        if (cameras[i].since != 0) {
            char *since = apr_psprintf(pool, "%" APR_INT64_T_FMT,
                                       cameras[i].since);

            set(rows, i, CCTV_COLUMN_STATUS_SINCE,
                (cctv_text_t){ since, strlen(since) });
        }
        set(rows, i, CCTV_COLUMN_STATUS_REASON, camera.status_reason);
        set(rows, i, CCTV_COLUMN_CODEC, camera.codec);
        set(rows, i, CCTV_COLUMN_AUDIO, boolean(camera.audio));
        set(rows, i, CCTV_COLUMN_PLAYABLE, boolean(camera.playable));
        set(rows, i, CCTV_COLUMN_STREAM_IS_RTP, boolean(true));
        set(rows, i, CCTV_COLUMN_SUB_STREAM_IS_RTP, boolean(false));
    }
    return rows;
}

/* Apply changes in parts of `size` ids. @param rows  of the ids that exist */
static void apply(const cctv_catalogue_t *last, const int *ids, int count,
                  const t_camera_t *rows, int row_count, int size, int fd)
{
    cctv_build_about_t about = { .database = 7, .built = 8, .position = "9" };
    cctv_build_t *build = cctv_build_begin(fd);
    cctv_apply_t applied;
    int i;

    cctv_apply_begin(&applied, build, last);
    for (i = 0; i < count; i += size) {
        int part = count - i < size ? count - i : size;
        int first = 0, end;
        PGresult *result;

        while (first < row_count && rows[first].id < ids[i]) {
            first++;
        }
        for (end = first; end < row_count && rows[end].id <= ids[i + part - 1];
             end++) {
        }
        result = rows_of(rows + first, end - first);
        cctv_apply_part(&applied, ids + i, part, result);
        PQclear(result);
    }
    cctv_apply_end(&applied);
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
}

static void change(t_camera_t *camera)
{
    camera->lng = rand() % 180;
    camera->role = rand() % 20;
    camera->status = rand() % CCTV_CAMERA_STATUS_COUNT;
    strcpy(camera->name, "Changed");
}

/* Change every so manieth camera: it is gone, different, or new.
 * @return how many there are then */
static int change_some(const t_camera_t *before, int every, t_camera_t *after,
                       int *ids, int *id_count, t_camera_t *rows,
                       int *row_count)
{
    int next = 0;
    int i;

    *id_count = *row_count = 0;
    for (i = 0; i < COUNT; i++) {
        int kind = rand() % every == 0 ? rand() % 3 : 3;

        if (kind == 0) {
            ids[(*id_count)++] = before[i].id;
            continue;
        }
        after[next] = before[i];
        if (kind == 1) {
            change(&after[next]);
            ids[(*id_count)++] = before[i].id;
            rows[(*row_count)++] = after[next];
        }
        next++;
        if (kind == 2
            && (i + 1 == COUNT || before[i + 1].id > before[i].id + 1)) {
            after[next] = before[i];
            after[next].id = before[i].id + 1;
            change(&after[next]);
            ids[(*id_count)++] = after[next].id;
            rows[(*row_count)++] = after[next++];
        }
    }
    return next;
}

/* The generation from the last one and the changes has to be the same file as
 * that of a build from all cameras. */
START_TEST(changes_make_the_file_that_a_rebuild_makes)
{
    static const int everies[] = { 1, 2, 50, 3000 };
    static const int sizes[] = { 1, 7, COUNT };
    t_camera_t *before = t_cameras(COUNT, 20, (unsigned)_i + 1);
    t_camera_t *after = apr_palloc(pool, sizeof *after * 2 * COUNT);
    t_camera_t *rows = apr_palloc(pool, sizeof *rows * 2 * COUNT);
    int *ids = apr_palloc(pool, sizeof *ids * 2 * COUNT);
    int id_count, row_count;
    int count = change_some(before, everies[_i % 4], after, ids, &id_count,
                            rows, &row_count);
    int made = memfd_create("made", 0), wanted = memfd_create("wanted", 0);
    size_t made_size, wanted_size;
    t_catalogue_t last;
    void *a, *b;

    t_catalogue(before, COUNT, &last);
    apply(&last.c, ids, id_count, rows, row_count, sizes[_i % 3], made);
    ck_assert_int_eq(t_build(after, count, wanted), APR_SUCCESS);
    a = t_read_fd(made, &made_size);
    b = t_read_fd(wanted, &wanted_size);
    ck_assert_uint_eq(made_size, wanted_size);
    ck_assert_int_eq(memcmp(a, b, made_size), 0);
    free(a);
    free(b);
    close(made);
    close(wanted);
    t_catalogue_free(&last);
}
END_TEST

START_TEST(the_first_cameras_come_and_the_last_go)
{
    t_camera_t *all = t_cameras(3, 2, 1);
    int ids[] = { all[0].id, all[1].id, all[2].id };
    int fd = memfd_create("made", 0);
    t_catalogue_t last;
    cctv_catalogue_t now;
    size_t size;
    void *file;

    t_catalogue(all, 0, &last);
    apply(&last.c, ids, 3, all, 3, 2, fd);
    t_catalogue_free(&last);
    file = t_read_fd(fd, &size);
    ck_assert_ptr_null(cctv_catalogue_open(file, size, &now));
    ck_assert_int_eq(now.count, 3);
    free(file);
    close(fd);

    fd = memfd_create("made", 0);
    t_catalogue(all, 3, &last);
    apply(&last.c, ids, 3, NULL, 0, 3, fd);
    t_catalogue_free(&last);
    file = t_read_fd(fd, &size);
    ck_assert_ptr_null(cctv_catalogue_open(file, size, &now));
    ck_assert_int_eq(now.count, 0);
    free(file);
    close(fd);
}
END_TEST

static int differences(const cctv_catalogue_t *last, const int *ids, int count,
                       const t_camera_t *cameras, int row_count)
{
    PGresult *rows = rows_of(cameras, row_count);
    int found = cctv_apply_differences(last, ids, count, rows);

    PQclear(rows);
    return found;
}

START_TEST(only_what_differs_is_a_difference)
{
    t_camera_t *all = t_cameras(50, 5, 1);
    t_camera_t one = all[10];
    int ids[50], gone = all[49].id + 1;
    t_catalogue_t last;
    int i;

    for (i = 0; i < 50; i++) {
        ids[i] = all[i].id;
    }
    t_catalogue(all, 50, &last);
    ck_assert_int_eq(differences(&last.c, ids, 50, all, 50), 0);
    ck_assert_int_eq(differences(&last.c, &gone, 1, NULL, 0), 0);
    ck_assert_int_eq(differences(&last.c, ids, 50, all, 49), 1);
    one.role++;
    ck_assert_int_eq(differences(&last.c, &ids[10], 1, &one, 1), 1);
    one = all[10];
    one.lat = one.lat / 2 + 1e-13;
    ck_assert_int_eq(differences(&last.c, &ids[10], 1, &one, 1), 1);
    one = all[10];
    one.id = gone;
    ck_assert_int_eq(differences(&last.c, &gone, 1, &one, 1), 1);
    /* Its status was written in place already. */
    one = all[10];
    one.status = (one.status + 1) % CCTV_CAMERA_STATUS_COUNT;
    ck_assert_int_eq(differences(&last.c, &ids[10], 1, &one, 1), 1);
    cctv_statuses_set(&last.c, 10, t_state(&one));
    ck_assert_int_eq(differences(&last.c, &ids[10], 1, &one, 1), 0);
    t_catalogue_free(&last);
}
END_TEST

TCase *apply_tests(void)
{
    TCase *tcase = tcase_create("apply");

    tcase_add_loop_test(tcase, changes_make_the_file_that_a_rebuild_makes, 0,
                        12);
    tcase_add_test(tcase, the_first_cameras_come_and_the_last_go);
    tcase_add_test(tcase, only_what_differs_is_a_difference);
    return tcase;
}
