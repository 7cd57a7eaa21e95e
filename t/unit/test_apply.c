/* SPDX-License-Identifier: Apache-2.0 */
#include "../fuzz/use_catalogue.h"
#include "t_common.h"

#include "t_catalogue.h"

#include "cameras/geojson.h"
#include "cameras/statements.h"
#include "catalogue/adder.h"
#include "catalogue/answer.h"
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

/* A base with its file of changes. */
typedef struct {
    t_catalogue_t base;
    t_catalogue_t changes; /* file is NULL: there is none */
} t_generation_t;

static void open_file(int fd, t_catalogue_t *out)
{
    out->file = t_read_fd(fd, &out->size);
    close(fd);
    ck_assert_ptr_null(cctv_catalogue_open(out->file, out->size, &out->c));
    out->statuses = calloc(1, cctv_statuses_size(&out->c));
    cctv_statuses_init(&out->c, out->statuses);
}

static void make_generation(const t_camera_t *cameras, int count,
                            t_generation_t *out)
{
    *out = (t_generation_t){ .changes.file = NULL };
    t_catalogue(cameras, count, &out->base);
    out->base.c.number = 77;
}

static void free_generation(t_generation_t *generation)
{
    t_catalogue_free(&generation->base);
    t_catalogue_free(&generation->changes);
}

/* Go on with another file of changes. */
static void take_changes(t_generation_t *generation, int fd)
{
    t_catalogue_free(&generation->changes);
    open_file(fd, &generation->changes);
    ck_assert(
        cctv_catalogue_join(&generation->base.c, &generation->changes.c));
}

/* Apply changes in parts of `size` ids. @param rows  of the ids that exist */
static void apply(t_generation_t *last, const int *ids, int count,
                  const t_camera_t *rows, int row_count, int size)
{
    cctv_build_about_t about = { .database = 7,
                                 .built = 8,
                                 .position = "9",
                                 .base = &last->base.c,
                                 .base_number = 77 };
    int fd = memfd_create("changes", 0);
    cctv_build_t *build = cctv_build_begin(fd);
    cctv_apply_t applied;
    int i;

    ck_assert(cctv_apply_begin(&applied, build, &last->base.c));
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
    about.gone = applied.gone;
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    free(applied.gone);
    take_changes(last, fd);
}

/* Make a new base. */
static void merge(const t_generation_t *last, t_catalogue_t *out)
{
    static const atomic_bool is_stopped;
    cctv_build_about_t about = { .database = 7, .built = 8, .position = "9" };
    int fd = memfd_create("base", 0);
    cctv_build_t *build = cctv_build_begin(fd);

    cctv_apply_merge(build, &last->base.c, &is_stopped);
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    open_file(fd, out);
}

/* Put a new base under a generation. */
static void rebase(const t_generation_t *now, t_generation_t *out)
{
    cctv_build_about_t about = { .database = 7,
                                 .built = 8,
                                 .position = "9",
                                 .base = &out->base.c,
                                 .base_number = 78 };
    int fd = memfd_create("changes", 0);
    cctv_build_t *build = cctv_build_begin(fd);
    uint64_t *gone;

    cctv_statuses_follow(&out->base.c, &now->base.c);
    cctv_apply_rebase(build, &out->base.c, &now->base.c, &gone);
    about.gone = gone;
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    free(gone);
    take_changes(out, fd);
}

/* Whether a file is what a build of these cameras makes. */
static void check_file(const t_catalogue_t *made, const t_camera_t *cameras,
                       int count)
{
    int fd = memfd_create("wanted", 0);
    size_t size;
    void *wanted;

    ck_assert_int_eq(t_build(cameras, count, fd), APR_SUCCESS);
    wanted = t_read_fd(fd, &size);
    close(fd);
    ck_assert_uint_eq(made->size, size);
    ck_assert_int_eq(memcmp(made->file, wanted, size), 0);
    free(wanted);
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
static int change_some(const t_camera_t *before, int count, int every,
                       t_camera_t *after, int *ids, int *id_count,
                       t_camera_t *rows, int *row_count)
{
    int next = 0;
    int i;

    *id_count = *row_count = 0;
    for (i = 0; i < count; i++) {
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
            && (i + 1 == count || before[i + 1].id > before[i].id + 1)) {
            after[next] = before[i];
            after[next].id = before[i].id + 1;
            change(&after[next]);
            ids[(*id_count)++] = after[next].id;
            rows[(*row_count)++] = after[next++];
        }
    }
    return next;
}

/* Change cameras, and apply it. @return how many there are then */
static int change_and_apply(t_generation_t *generation, t_camera_t *cameras,
                            int count, int every, int size)
{
    size_t room = 2 * (size_t)count + 1;
    t_camera_t *after = calloc(room, sizeof *after);
    t_camera_t *rows = calloc(room, sizeof *rows);
    int *ids = calloc(room, sizeof *ids);
    int id_count, row_count;

    count = change_some(cameras, count, every, after, ids, &id_count, rows,
                        &row_count);
    apply(generation, ids, id_count, rows, row_count, size);
    memcpy(cameras, after, (size_t)count * sizeof *after);
    free(after);
    free(rows);
    free(ids);
    return count;
}

/* Change the statuses of some cameras in place. */
static void change_statuses(const cctv_catalogue_t *c, t_camera_t *cameras,
                            int count)
{
    int i;

    for (i = 0; i < count; i += 1 + rand() % 7) {
        cameras[i].status = rand() % CCTV_CAMERA_STATUS_COUNT;
        if (cameras[i].since != 0 && rand() % 2) {
            cameras[i].since += rand() % 100000;
        }
        cctv_statuses_set(c, cctv_catalogue_find(c, cameras[i].id),
                          t_state(&cameras[i]));
    }
}

/* A base with changes, and changes of these changes, has to become the same file
 * as that of a build from all cameras. */
START_TEST(changes_make_the_file_that_a_rebuild_makes)
{
    static const int everies[] = { 1, 2, 50, 3000 };
    static const int sizes[] = { 1, 7, COUNT };
    t_camera_t *cameras = apr_palloc(pool, sizeof *cameras * 16 * COUNT);
    t_generation_t last;
    t_catalogue_t made;
    int count = COUNT;
    int i;

    memcpy(cameras, t_cameras(COUNT, 20, (unsigned)_i + 1),
           sizeof *cameras * COUNT);
    make_generation(cameras, COUNT, &last);
    for (i = 0; i < 3; i++) {
        count = change_and_apply(&last, cameras, count, everies[_i % 4],
                                 sizes[_i % 3]);
        change_statuses(&last.base.c, cameras, count);
        ck_assert_int_eq(cctv_catalogue_count(&last.base.c), count);
        merge(&last, &made);
        check_file(&made, cameras, count);
        t_catalogue_free(&made);
    }
    free_generation(&last);
}
END_TEST

/* While a new base is made, changes are applied to the old one. */
START_TEST(a_new_base_has_what_changed_meanwhile)
{
    static const int everies[] = { 2, 20, 400, 100000 };
    t_camera_t *cameras = apr_palloc(pool, sizeof *cameras * 16 * COUNT);
    t_generation_t last, next = { .changes.file = NULL };
    t_catalogue_t made;
    int count = COUNT;

    memcpy(cameras, t_cameras(COUNT, 20, (unsigned)_i + 1),
           sizeof *cameras * COUNT);
    make_generation(cameras, COUNT, &last);
    count = change_and_apply(&last, cameras, count, 10, COUNT);
    merge(&last, &next.base);
    count = change_and_apply(&last, cameras, count, everies[_i], COUNT);
    change_statuses(&last.base.c, cameras, count);
    rebase(&last, &next);
    if (_i == 3) {
        ck_assert_int_eq(next.changes.c.count, 0);
        ck_assert_uint_eq(next.changes.c.head->gone, 0);
    }
    ck_assert_int_eq(cctv_catalogue_count(&next.base.c), count);
    merge(&next, &made);
    check_file(&made, cameras, count);
    t_catalogue_free(&made);
    free_generation(&last);
    free_generation(&next);
}
END_TEST

static const char *next_address(void *context, int rank, int id)
{
    return apr_psprintf(context, "/next?%d,%d", rank, id);
}

static cctv_json_t answer(const cctv_catalogue_t *c,
                          const cctv_filter_t *filter)
{
    cctv_search_t search;
    cctv_json_t json;

    cctv_search_init(pool, c, filter, &search);
    cctv_answer_list(&search, next_address, pool, &json);
    ck_assert(!json.failed);
    return json;
}

static cctv_filter_t random_filter(void)
{
    static const char *const texts[] = { "a",  "CHANGED",  "harbour",
                                         "zz", "bridge a", "7" };
    static const int limits[] = { 1, 3, 40, 1000, 100000 };
    cctv_filter_t filter = { .limit = limits[rand() % 5],
                             .after = rand() % 3 ? 0 : rand() % (2 * COUNT),
                             .wants_count = rand() % 2 };

    if (rand() % 2) {
        double west = rand() % 360 - 180, south = rand() % 180 - 90;

        filter.has_bbox = true;
        filter.bbox = (cctv_bbox_t){ west, south, rand() % 360 - 180,
                                     south + rand() % (91 - (int)south) };
    }
    if (rand() % 3 == 0) {
        apr_array_header_t *roles = apr_array_make(pool, 2,
                                                   sizeof(const char *));
        int i;

        for (i = rand() % 3; i >= 0; i--) {
            APR_ARRAY_PUSH(roles, const char *) = apr_psprintf(pool, "role %d",
                                                               rand() % 25);
        }
        filter.roles = roles;
    }
    if (rand() % 3 == 0) {
        filter.status =
            cctv_camera_status_labels[rand() % CCTV_CAMERA_STATUS_COUNT];
    }
    if (rand() % 3 == 0) {
        filter.words = cctv_words_make(pool, texts[rand() % 6]);
        filter.has_rank = rand() % 2;
        filter.rank = rand() % CCTV_RANK_COUNT;
    }
    if (rand() % 4 == 0) {
        filter.has_playable = true;
        filter.playable = rand() % 2;
    }
    if (rand() % 4 == 0) {
        filter.has_near = true;
        filter.has_rank = false;
        filter.after = 0;
        filter.near_lng = rand() % 360 - 180;
        filter.near_lat = rand() % 180 - 90;
    }
    return filter;
}

/* Base and changes together answer as one file with all cameras does. */
START_TEST(answers_with_changes_are_those_of_one_file)
{
    static const int everies[] = { 1, 3, 30, 1000 };
    t_camera_t *cameras = apr_palloc(pool, sizeof *cameras * 8 * COUNT);
    t_generation_t last;
    t_catalogue_t one;
    int count = COUNT;
    int i;

    memcpy(cameras, t_cameras(COUNT, 20, (unsigned)_i + 1),
           sizeof *cameras * COUNT);
    make_generation(cameras, COUNT, &last);
    count = change_and_apply(&last, cameras, count, everies[_i], COUNT);
    count = change_and_apply(&last, cameras, count, everies[_i], COUNT);
    change_statuses(&last.base.c, cameras, count);
    merge(&last, &one);
    for (i = 0; i < 500; i++) {
        cctv_filter_t filter = random_filter();
        cctv_json_t made = answer(&last.base.c, &filter);
        cctv_json_t wanted = answer(&one.c, &filter);

        ck_assert_uint_eq(made.len, wanted.len);
        ck_assert_int_eq(memcmp(made.data, wanted.data, made.len), 0);
        cctv_json_free(&made);
        cctv_json_free(&wanted);
    }
    for (i = 0; i < count; i++) {
        cctv_filter_t filter = random_filter();
        int index = cctv_catalogue_find(&last.base.c, cameras[i].id);
        cctv_search_t search;

        cctv_search_init(pool, &last.base.c, &filter, &search);
        ck_assert_int_eq(cctv_catalogue_id(&last.base.c, index),
                         cameras[i].id);
        ck_assert_int_eq(
            cctv_catalogue_matches(&last.base.c, index, &filter),
            cctv_catalogue_matches(
                &one.c, cctv_catalogue_find(&one.c, cameras[i].id), &filter));
        ck_assert_int_eq(cctv_search_matches(&search, index),
                         cctv_catalogue_matches(&last.base.c, index, &filter));
    }
    t_catalogue_free(&one);
    free_generation(&last);
}
END_TEST

/* Rows that another thread adds make the same file. */
START_TEST(rows_are_added_in_their_order)
{
    cctv_build_about_t about = { .database = 7, .built = 8, .position = "9" };
    t_camera_t *cameras = t_cameras(COUNT, 20, 1);
    int fd = memfd_create("base", 0);
    cctv_build_t *build = cctv_build_begin(fd);
    cctv_adder_t adder;
    t_catalogue_t made;
    int i;

    cctv_adder_begin(&adder, build);
    for (i = 0; i < COUNT; i += 100) {
        cctv_adder_add(&adder, rows_of(cameras + i, 100));
    }
    ck_assert(adder.has_thread);
    ck_assert_int_gt(cctv_adder_end(&adder), 0);
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    open_file(fd, &made);
    check_file(&made, cameras, COUNT);
    t_catalogue_free(&made);
}
END_TEST

/* A process may be killed before it has told of a status. */
START_TEST(a_status_that_was_not_told_is_known)
{
    t_camera_t *cameras = apr_palloc(pool, sizeof *cameras * 16 * COUNT);
    t_generation_t last;
    cctv_camera_status_t before;
    const cctv_catalogue_t *c = &last.base.c;
    int count, i;

    memcpy(cameras, t_cameras(COUNT, 2, 1), sizeof *cameras * COUNT);
    make_generation(cameras, COUNT, &last);
    count = change_and_apply(&last, cameras, COUNT, 3, COUNT);
    ck_assert_int_eq(cctv_statuses_untold(c, &before), -1);
    for (i = 0; i < count; i++) {
        int index = cctv_catalogue_find(c, cameras[i].id);

        cctv_statuses_will_change(c, index, CCTV_CAMERA_OFFLINE);
        ck_assert_int_eq(cctv_statuses_untold(c, &before), index);
        ck_assert_int_eq(before, CCTV_CAMERA_OFFLINE);
        cctv_statuses_told(c, index);
        ck_assert_int_eq(cctv_statuses_untold(c, &before), -1);
    }
    atomic_store(&c->status_head->untold, UINT64_MAX);
    ck_assert_int_eq(cctv_statuses_untold(c, &before), -1);
    free_generation(&last);
}
END_TEST

START_TEST(files_that_do_not_belong_together_are_not_joined)
{
    t_camera_t *all = t_cameras(100, 2, 1);
    t_generation_t first, second;

    make_generation(all, 100, &first);
    make_generation(all, 99, &second);
    apply(&first, &all[3].id, 1, NULL, 0, 1);
    ck_assert(!cctv_catalogue_join(&second.base.c, &first.changes.c));
    ck_assert(!cctv_catalogue_join(&second.base.c, &first.base.c));
    ck_assert(!cctv_catalogue_join(&first.changes.c, &first.changes.c));
    ck_assert_int_eq(cctv_catalogue_find(&first.base.c, all[3].id), -1);
    ck_assert_int_eq(cctv_catalogue_count(&first.base.c), 99);
    free_generation(&first);
    free_generation(&second);
}
END_TEST

/* A file of changes with wrong numbers and a right checksum is refused, or is
 * safe to read together with its base. */
static void use_joined(cctv_catalogue_t base, const void *file, size_t size)
{
    cctv_catalogue_t changes;
    void *statuses[2];

    if (cctv_catalogue_open(file, size, &changes) != NULL
        || !cctv_catalogue_join(&base, &changes)) {
        return;
    }
    statuses[0] = calloc(1, cctv_statuses_size(&base));
    statuses[1] = calloc(1, cctv_statuses_size(&changes));
    cctv_statuses_init(&base, statuses[0]);
    cctv_statuses_init(&changes, statuses[1]);
    read_catalogue(pool, &base);
    free(statuses[0]);
    free(statuses[1]);
}

START_TEST(changes_with_wrong_numbers_are_safe_to_read)
{
    t_camera_t *cameras = apr_palloc(pool, sizeof *cameras * 16 * COUNT);
    t_generation_t last;
    cctv_catalogue_t base;
    unsigned char *file;
    size_t size, i;
    int bit;

    memcpy(cameras, t_cameras(60, 3, 1), sizeof *cameras * 60);
    make_generation(cameras, 60, &last);
    base = last.base.c;
    change_and_apply(&last, cameras, 60, 3, 7);
    size = last.changes.size;
    file = malloc(size);
    for (i = 16; i < size; i += i < 600 ? 1 : 5) {
        for (bit = 0; bit < 8; bit += 7) {
            memcpy(file, last.changes.file, size);
            file[i] ^= (unsigned char)(1 << bit);
            seal_catalogue(file, size);
            use_joined(base, file, size);
        }
    }
    free(file);
    free_generation(&last);
}
END_TEST

START_TEST(the_first_cameras_come_and_the_last_go)
{
    t_camera_t *all = t_cameras(3, 2, 1);
    int ids[] = { all[0].id, all[1].id, all[2].id };
    t_generation_t last;

    make_generation(all, 0, &last);
    apply(&last, ids, 3, all, 3, 2);
    ck_assert_int_eq(cctv_catalogue_count(&last.base.c), 3);
    apply(&last, ids, 3, NULL, 0, 3);
    ck_assert_int_eq(cctv_catalogue_count(&last.base.c), 0);
    free_generation(&last);
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

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, changes_make_the_file_that_a_rebuild_makes, 0,
                        12);
    tcase_add_loop_test(tcase, a_new_base_has_what_changed_meanwhile, 0, 4);
    tcase_add_loop_test(tcase, answers_with_changes_are_those_of_one_file, 0,
                        4);
    tcase_add_test(tcase, rows_are_added_in_their_order);
    tcase_add_test(tcase, a_status_that_was_not_told_is_known);
    tcase_add_test(tcase, files_that_do_not_belong_together_are_not_joined);
    tcase_add_test(tcase, changes_with_wrong_numbers_are_safe_to_read);
    tcase_add_test(tcase, the_first_cameras_come_and_the_last_go);
    tcase_add_test(tcase, only_what_differs_is_a_difference);
    return tcase;
}
