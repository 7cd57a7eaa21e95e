/* SPDX-License-Identifier: Apache-2.0 */
#include "t_catalogue.h"
#include "t_common.h"

#include "catalogue/cells.h"
#include "catalogue/hilbert.h"
#include "clusters/answer.h"
#include "core/thread.h"

#include "apr_strings.h"
#include "apr_tables.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNT 6000

/* ---- The grid ---- */

START_TEST(the_grid_is_that_of_web_maps)
{
    int i;

    srand(1);
    for (i = 0; i < 20000; i++) {
        double lng = 359.0 * rand() / RAND_MAX - 179.5;
        double lat = 170.0 * rand() / RAND_MAX - 85;
        double sine = sin(lat * M_PI / 180);
        double x = (lng + 180) / 360;
        double y = 0.5 - log((1 + sine) / (1 - sine)) / (4 * M_PI);
        int level = rand() % 20;
        double near = 1e-9 * (1 << level);
        double column = x * (1 << level);
        double row = y * (1 << level);

        ck_assert(fabs(column - round(column)) < near
                  || cctv_hilbert_column(lng) >> (24 - level)
                         == (uint32_t)column);
        ck_assert(fabs(row - round(row)) < near
                  || cctv_hilbert_row(lat) >> (24 - level) == (uint32_t)row);
    }
    ck_assert_uint_eq(cctv_hilbert_column(-180), 0);
    ck_assert_uint_eq(cctv_hilbert_column(180), (1 << 24) - 1);
    ck_assert_uint_eq(cctv_hilbert_row(90), 0);
    ck_assert_uint_eq(cctv_hilbert_row(-90), (1 << 24) - 1);
    ck_assert_uint_eq(cctv_hilbert_row(86), 0);
    ck_assert_uint_eq(cctv_hilbert_row(-86), (1 << 24) - 1);
}
END_TEST

START_TEST(a_tile_is_one_piece_of_the_curve)
{
    int i;

    srand(2);
    for (i = 0; i < 20000; i++) {
        double lng = 360.0 * rand() / RAND_MAX - 180;
        double lat = 180.0 * rand() / RAND_MAX - 90;
        uint64_t place = cctv_hilbert(lng, lat);
        int level = rand() % 25;
        uint32_t column, row;

        cctv_hilbert_tile(place >> (48 - 2 * level), level, &column, &row);
        ck_assert_uint_eq(column, cctv_hilbert_column(lng) >> (24 - level));
        ck_assert_uint_eq(row, cctv_hilbert_row(lat) >> (24 - level));
    }
}
END_TEST

/* ---- Catalogues ---- */

/* A base, and changes of some of its cameras. */
static void add_changes(t_catalogue_t *base, const t_camera_t *cameras,
                        int count, t_catalogue_t *out)
{
    uint64_t *gone = apr_pcalloc(pool, CCTV_CATALOGUE_GONE_WORDS(count) * 8);
    cctv_build_about_t about = { .database = 7,
                                 .position = "9",
                                 .base = &base->c,
                                 .base_number = 1,
                                 .gone = gone };
    int fd = memfd_create("changes", 0);
    cctv_build_t *build = cctv_build_begin(fd);
    int every = 2 + rand() % 40;
    int i;

    for (i = 0; i < count; i++) {
        int kind = rand() % every;
        uint32_t slot = base->c.slots[i];
        t_camera_t changed = cameras[i];
        cctv_camera_t camera;

        if (kind < 2) {
            gone[slot / 64] |= UINT64_C(1) << slot % 64;
        }
        changed.lng = -changed.lng;
        changed.role = rand() % 30;
        t_camera(&changed, &camera);
        if (kind == 1) {
            cctv_build_add(build, &camera);
        }
    }
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    out->file = t_read_fd(fd, &out->size);
    close(fd);
    ck_assert_ptr_null(cctv_catalogue_open(out->file, out->size, &out->c));
    out->statuses = calloc(1, cctv_statuses_size(&out->c));
    cctv_statuses_init(&out->c, out->statuses);
    ck_assert(cctv_catalogue_join(&base->c, &out->c));
}

static void change_statuses(const cctv_catalogue_t *c, int every)
{
    cctv_catalogue_walk_t walk = { .base = 0 };
    int index;

    while ((index = cctv_catalogue_next(c, &walk)) >= 0) {
        if (rand() % every == 0) {
            cctv_statuses_set(
                c, index,
                (cctv_camera_state_t){
                    (cctv_camera_status_t)(rand() % CCTV_CAMERA_STATUS_COUNT),
                    rand() });
        }
    }
}

static cctv_filter_t random_filter(void)
{
    static const char *const texts[] = { "a", "harbour", "zz", "bridge a",
                                         "7" };
    cctv_filter_t filter = { .limit = 1 };

    if (rand() % 2) {
        double west = rand() % 361 - 180, south = rand() % 181 - 90;

        filter.has_bbox = true;
        filter.bbox = (cctv_bbox_t){ west, south, rand() % 361 - 180,
                                     south + rand() % (91 - (int)south) };
    }
    if (rand() % 2) {
        apr_array_header_t *roles = apr_array_make(pool, 2,
                                                   sizeof(const char *));
        int i;

        for (i = rand() % 8; i > 0; i--) {
            APR_ARRAY_PUSH(roles, const char *) = apr_psprintf(pool, "role %d",
                                                               rand() % 35);
        }
        filter.roles = roles;
    }
    if (rand() % 3 == 0) {
        filter.status =
            cctv_camera_status_labels[rand() % CCTV_CAMERA_STATUS_COUNT];
    }
    if (rand() % 4 == 0) {
        filter.words = cctv_words_make(pool, texts[rand() % 5]);
    }
    if (rand() % 4 == 0) {
        filter.has_playable = true;
        filter.playable = rand() % 2;
    }
    return filter;
}

/* ---- Counting one by one ---- */

typedef struct {
    uint32_t column;
    uint32_t row;
    uint32_t status[CCTV_CAMERA_STATUS_COUNT];
    uint32_t count;
    uint32_t playable;
    int64_t lng;
    int64_t lat;
    cctv_catalogue_row_t box;
    bool is_seen;
} wanted_t;

typedef struct {
    const cctv_search_t *search;
    int level;
    int few;
    wanted_t *wanted;
    int count;
    bool is_tight; /* the boxes are as small as they can be */
} check_t;

static wanted_t *wanted_at(check_t *check, uint32_t column, uint32_t row)
{
    int i;

    for (i = 0; i < check->count; i++) {
        if (check->wanted[i].column == column && check->wanted[i].row == row) {
            return &check->wanted[i];
        }
    }
    check->wanted[i] = (wanted_t){ .column = column,
                                   .row = row,
                                   .box = cctv_row_empty };
    check->count++;
    return &check->wanted[i];
}

static void count_all(check_t *check)
{
    const cctv_catalogue_t *c = check->search->catalogue;
    cctv_catalogue_walk_t walk = { .base = 0 };
    int index;

    while ((index = cctv_catalogue_next(c, &walk)) >= 0) {
        const cctv_catalogue_record_t *record = cctv_catalogue_record(c,
                                                                      index);
        cctv_streams_t streams = cctv_catalogue_streams(c, index);
        wanted_t *at;

        if (!cctv_search_matches(check->search, index)) {
            continue;
        }
        at = wanted_at(check,
                       cctv_hilbert_column(record->lng) >> (24 - check->level),
                       cctv_hilbert_row(record->lat) >> (24 - check->level));
        at->count++;
        at->status[cctv_catalogue_status(c, index)]++;
        at->playable += cctv_streams_is_for_all(&streams);
        at->lng += lround(record->lng * 1e7);
        at->lat += lround(record->lat * 1e7);
        cctv_rows_widen(record, &at->box);
    }
}

static void check_list(const check_t *check, const cctv_cell_t *cell)
{
    const cctv_catalogue_t *c = check->search->catalogue;
    uint32_t i, j;

    for (i = 0; i < cell->count; i++) {
        int index = cell->cameras[i];
        const cctv_catalogue_record_t *record = cctv_catalogue_record(c,
                                                                      index);

        ck_assert(cctv_search_matches(check->search, index));
        ck_assert_uint_eq(cctv_hilbert_column(record->lng)
                              >> (24 - check->level),
                          cell->column);
        ck_assert_uint_eq(cctv_hilbert_row(record->lat) >> (24 - check->level),
                          cell->row);
        for (j = 0; j < i; j++) {
            ck_assert_int_ne(cell->cameras[j], index);
        }
    }
}

static bool check_cell(void *context, const cctv_cell_t *cell)
{
    check_t *check = context;
    wanted_t *at = wanted_at(check, cell->column, cell->row);
    int status;

    ck_assert(!at->is_seen);
    at->is_seen = true;
    ck_assert_uint_eq(cell->count, at->count);
    ck_assert_uint_eq(cell->playable, at->playable);
    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        ck_assert_uint_eq(cell->status[status], at->status[status]);
    }
    ck_assert(fabs((double)at->lng / at->count - cell->centre.lng) < 0.51);
    ck_assert(fabs((double)at->lat / at->count - cell->centre.lat) < 0.51);
    ck_assert(cell->box.west <= at->box.west && cell->box.east >= at->box.east
              && cell->box.south <= at->box.south
              && cell->box.north >= at->box.north);
    if (check->is_tight) {
        ck_assert(cell->box.west == at->box.west
                  && cell->box.north == at->box.north);
    }
    ck_assert_int_eq(cell->cameras != NULL,
                     cell->count <= (uint32_t)check->few);
    if (cell->cameras != NULL) {
        check_list(check, cell);
    }
    return true;
}

static void check_search(const cctv_catalogue_t *c,
                         const cctv_filter_t *filter, int level, int few)
{
    static wanted_t wanted[3 * COUNT];
    cctv_bbox_t world = { -180, -90, 180, 90 };
    cctv_search_t search;
    check_t check = { .search = &search,
                      .level = level,
                      .few = few,
                      .wanted = wanted,
                      .is_tight = c->changes == NULL && !filter->has_bbox
                                  && filter->status == NULL };
    cctv_cells_window_t windows[2];
    cctv_cells_t cells;
    int count, i;

    cctv_search_init(pool, c, filter, &search);
    count_all(&check);
    count = check.count;
    ck_assert(cctv_cells_begin(&search, &cells));
    for (i = cctv_cells_windows(filter->has_bbox ? &filter->bbox : &world,
                                level, windows);
         i > 0; i--) {
        cctv_cells_visit(&cells, level, &windows[i - 1], few, check_cell,
                         &check);
    }
    cctv_cells_end(&cells);
    ck_assert_int_eq(check.count, count);
    for (i = 0; i < count; i++) {
        ck_assert(wanted[i].is_seen);
    }
}

START_TEST(cells_have_what_is_counted_one_by_one)
{
    static const int counts[] = { COUNT, COUNT, 300, 17, 16, 1 };
    static const int roles[] = { 30, 3, 400, 1, 5, 1 };
    static const int fews[] = { 0, 1, 3, 100 };
    int count = counts[_i % 6];
    t_camera_t *cameras = t_cameras(count, roles[_i % 6], (unsigned)_i + 1);
    t_catalogue_t base, changes = { .file = NULL };
    int i;

    t_catalogue(cameras, count, &base);
    for (i = 0; i < 120; i++) {
        cctv_filter_t filter = random_filter();

        if (i == 40) {
            change_statuses(&base.c, 3);
        }
        if (i == 60 && _i < 6) {
            add_changes(&base, cameras, count, &changes);
        }
        if (i == 90) {
            change_statuses(&base.c, 2);
        }
        check_search(&base.c, &filter, rand() % (rand() % 12 + 1),
                     fews[rand() % 4]);
    }
    check_search(&base.c, &(cctv_filter_t){ .limit = 1 }, CCTV_CELLS_LEVEL_MAX,
                 3);
    t_catalogue_free(&base);
    t_catalogue_free(&changes);
}
END_TEST

START_TEST(a_catalogue_without_cameras_has_no_cells)
{
    t_catalogue_t none;

    t_catalogue(NULL, 0, &none);
    check_search(&none.c, &(cctv_filter_t){ .limit = 1 }, 3, 3);
    t_catalogue_free(&none);
}
END_TEST

/* Counts that a killed process has left wrong are counted anew. */
START_TEST(sums_are_repaired)
{
    t_camera_t *cameras = t_cameras(COUNT, 3, 5);
    cctv_filter_t filter = { .limit = 1, .status = "offline" };
    t_catalogue_t base;

    t_catalogue(cameras, COUNT, &base);
    atomic_fetch_add(&base.c.row_sums[0].of[1].count, 7);
    atomic_fetch_add(&base.c.row_sums[0].of[1].lng, 7000000);
    cctv_statuses_repair(&base.c);
    check_search(&base.c, &filter, 2, 3);
    t_catalogue_free(&base);
}
END_TEST

/* ---- Windows ---- */

START_TEST(a_box_across_the_antimeridian_has_each_cell_once)
{
    cctv_cells_window_t at[2];

    ck_assert_int_eq(
        cctv_cells_windows(&(cctv_bbox_t){ 170, -10, -170, 10 }, 4, at), 2);
    ck_assert_uint_eq(at[0].west, 15);
    ck_assert_uint_eq(at[0].east, 15);
    ck_assert_uint_eq(at[1].west, 0);
    ck_assert_uint_eq(at[1].east, 0);
    ck_assert_int_eq(
        cctv_cells_windows(&(cctv_bbox_t){ 10, -10, 5, 10 }, 2, at), 1);
    ck_assert_uint_eq(at[0].west, 0);
    ck_assert_uint_eq(at[0].east, 3);
}
END_TEST

/* ---- GeoJSON ---- */

static json_t *answer(const cctv_catalogue_t *c, const cctv_filter_t *filter,
                      int zoom)
{
    cctv_search_t search;
    cctv_json_t json;
    json_error_t wrong;
    json_t *made;

    cctv_search_init(pool, c, filter, &search);
    cctv_clusters_answer(&search, zoom, NULL, &json);
    ck_assert(!json.failed);
    made = json_loadb(json.data, json.len, 0, &wrong);
    ck_assert_msg(made != NULL, "%s: %.300s", wrong.text,
                  json.data
                      + (wrong.position > 150 ? wrong.position - 150 : 0));
    cctv_json_free(&json);
    return made;
}

static int number(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

START_TEST(clusters_and_cameras_are_features)
{
    t_camera_t *cameras = t_cameras(COUNT, 3, 6);
    cctv_filter_t filter = { .limit = 1 };
    t_catalogue_t base;
    json_t *made, *feature;
    size_t i;
    int zoom;

    t_catalogue(cameras, COUNT, &base);
    for (zoom = 0; zoom <= CCTV_CLUSTERS_ZOOM_MAX; zoom++) {
        int sum = 0, clusters = 0;

        made = answer(&base.c, &filter, zoom);
        ck_assert_int_eq(number(made, "numberMatched"), COUNT);
        ck_assert_int_eq(
            number(made, "numberReturned"),
            (int)json_array_size(json_object_get(made, "features")));
        ck_assert_int_le(number(made, "zoom"), zoom);
        json_array_foreach(json_object_get(made, "features"), i, feature)
        {
            json_t *properties = json_object_get(feature, "properties");
            json_t *box = json_object_get(feature, "bbox");
            json_t *place = json_object_get(
                json_object_get(feature, "geometry"), "coordinates");

            if (json_object_get(properties, "cluster") == NULL) {
                ck_assert(json_is_integer(json_object_get(feature, "id")));
                sum++;
                continue;
            }
            clusters++;
            sum += number(properties, "count");
            ck_assert_int_eq(number(properties, "count"),
                             number(properties, "online")
                                 + number(properties, "offline")
                                 + number(properties, "unknown"));
            ck_assert_int_le(number(properties, "playable"),
                             number(properties, "count"));
            ck_assert(json_number_value(json_array_get(box, 0))
                          <= json_number_value(json_array_get(place, 0))
                      && json_number_value(json_array_get(box, 3))
                             >= json_number_value(json_array_get(place, 1)));
        }
        ck_assert_int_eq(sum, COUNT);
        ck_assert_int_gt(clusters, 0);
        json_decref(made);
    }
    t_catalogue_free(&base);
}
END_TEST

START_TEST(a_screen_bounds_the_zoom)
{
    static const cctv_bbox_t street = { 13.40, 52.50, 13.41, 52.51 };
    int zoom;

    ck_assert_int_eq(cctv_clusters_zoom(NULL, 24), 4);
    ck_assert_int_eq(cctv_clusters_zoom(NULL, 3), 3);
    for (zoom = 0; zoom <= 18; zoom++) {
        ck_assert_int_eq(cctv_clusters_zoom(&street, zoom), zoom);
    }
}
END_TEST

/* ---- Many cameras in a few streets ---- */

/* A hundred cameras in each of 16 * 16 cells of level 19. */
#define SPOTS    16
#define PER_SPOT 100
#define DENSE    (SPOTS * SPOTS * PER_SPOT)
#define CELL     (360.0 / (1 << 19))

static const cctv_bbox_t streets = { CELL / 4, -SPOTS *CELL, SPOTS *CELL,
                                     -CELL / 4 };

static void dense(t_catalogue_t *out)
{
    t_camera_t *cameras = apr_pcalloc(pool, DENSE * sizeof *cameras);
    int i;

    for (i = 0; i < DENSE; i++) {
        int spot = i % (SPOTS * SPOTS);

        cameras[i].id = i + 1;
        cameras[i].lng = (spot % SPOTS + 0.5) * CELL;
        cameras[i].lat = -(spot / SPOTS + 0.5) * CELL;
        apr_snprintf(cameras[i].name, sizeof cameras[i].name, "street %d",
                     i % 100);
    }
    t_catalogue(cameras, DENSE, out);
}

START_TEST(an_answer_shows_so_many_cameras_at_most)
{
    cctv_filter_t filter = { .limit = 1, .has_bbox = true, .bbox = streets };
    t_catalogue_t base;
    json_t *made, *feature;
    size_t i;
    int cameras = 0, sum = 0;

    dense(&base);
    made = answer(&base.c, &filter, 17);
    ck_assert_int_eq(number(made, "zoom"), 17);
    ck_assert_int_eq(number(made, "numberMatched"), DENSE);
    json_array_foreach(json_object_get(made, "features"), i, feature)
    {
        int count = number(json_object_get(feature, "properties"), "count");

        cameras += count == 0;
        sum += count == 0 ? 1 : count;
    }
    ck_assert_int_eq(sum, DENSE);
    ck_assert_int_gt(cameras, 24000);
    ck_assert_int_le(cameras, 24576);
    json_decref(made);
    t_catalogue_free(&base);
}
END_TEST

typedef enum {
    COUNTED,
    ENCLOSED
} work_t;

/* The processor time of the quickest of some searches: µs. */
static int64_t spent(const cctv_search_t *search, work_t work)
{
    int64_t least = INT64_MAX;
    cctv_bbox_t box;
    int i;

    for (i = 0; i < 5; i++) {
        int64_t start = cctv_thread_spent();
        int64_t time;

        if (work == COUNTED) {
            ck_assert_int_eq(cctv_search_count(search), 0);
        }
        else {
            ck_assert(!cctv_search_extent(search, &box));
        }
        time = cctv_thread_spent() - start;
        least = time < least ? time : least;
    }
    return least;
}

/* Otherwise one request keeps a processor busy for seconds where there are
 * millions of cameras. */
START_TEST(words_that_no_name_has_are_looked_for_in_all_names_at_once)
{
    cctv_filter_t filter = { .limit = 1,
                             .words = cctv_words_make(pool, "nowhere") };
    cctv_search_t search;
    t_catalogue_t base;
    int64_t count, extent;

    dense(&base);
    cctv_search_init(pool, &base.c, &filter, &search);
    count = spent(&search, COUNTED);
    extent = spent(&search, ENCLOSED);
    ck_assert_msg(extent < 40 * (count + 1), "%d and %d us", (int)extent,
                  (int)count);
    t_catalogue_free(&base);
}
END_TEST

TCase *cells_tests(void)
{
    TCase *tcase = tcase_create("cells");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_grid_is_that_of_web_maps);
    tcase_add_test(tcase, a_tile_is_one_piece_of_the_curve);
    tcase_add_loop_test(tcase, cells_have_what_is_counted_one_by_one, 0, 8);
    tcase_add_test(tcase, a_catalogue_without_cameras_has_no_cells);
    tcase_add_test(tcase, sums_are_repaired);
    tcase_add_test(tcase, a_box_across_the_antimeridian_has_each_cell_once);
    tcase_add_test(tcase, clusters_and_cameras_are_features);
    tcase_add_test(tcase, a_screen_bounds_the_zoom);
    tcase_add_test(tcase, an_answer_shows_so_many_cameras_at_most);
    tcase_add_test(tcase,
                   words_that_no_name_has_are_looked_for_in_all_names_at_once);
    return tcase;
}
