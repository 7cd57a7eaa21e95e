/* SPDX-License-Identifier: Apache-2.0 */
/* A catalogue finds what a look at each camera finds. */
#include "catalogue/answer.h"
#include "catalogue/files.h"
#include "cameras/extent.h"
#include "cameras/geojson.h"
#include "../fuzz/use_catalogue.h"
#include "t_catalogue.h"
#include "t_common.h"

#include "apr_strings.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAMERAS 3000

static double between(double low, double high)
{
    return low + (high - low) * rand() / RAND_MAX;
}

/* ---- Brute force ---- */

static bool is_in_box(const cctv_bbox_t *box, const t_camera_t *camera)
{
    bool is_between = box->west > box->east ? camera->lng >= box->west
                                                  || camera->lng <= box->east
                                            : camera->lng >= box->west
                                                  && camera->lng <= box->east;

    return is_between && camera->lat >= box->south
           && camera->lat <= box->north;
}

static bool has_role(const cctv_filter_t *filter, int role)
{
    char name[32];
    int i;

    snprintf(name, sizeof name, "role %d", role);
    for (i = 0; filter->roles != NULL && i < filter->roles->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(filter->roles, i, char *), name) == 0) {
            return true;
        }
    }
    return filter->roles == NULL;
}

/* CCTV_RANK_COUNT: it does not match. */
static int rank_of(const t_camera_t *camera, const cctv_words_t *words)
{
    char name[600];
    int match;

    *cctv_fold(camera->name, strlen(camera->name), name) = '\0';
    match = camera->id == words->id
                ? CCTV_MATCH_EXACT
                : cctv_words_match(words, name, strlen(name));
    return match == CCTV_MATCH_NONE ? CCTV_RANK_COUNT
                                    : 2 * match + (camera->id % 5 == 0);
}

static bool is_wanted(const t_camera_t *camera, const cctv_filter_t *filter)
{
    return (filter->words == NULL
            || rank_of(camera, filter->words) < CCTV_RANK_COUNT)
           && (!filter->has_playable
               || filter->playable == (camera->id % 5 != 0))
           && (!filter->has_bbox || is_in_box(&filter->bbox, camera))
           && has_role(filter, camera->role)
           && (filter->status == NULL
               || strcmp(filter->status,
                         cctv_camera_status_labels[camera->status])
                      == 0);
}

static cctv_filter_t random_filter(const t_camera_t *cameras, int roles)
{
    static const char *const texts[] = {
        "harbour",      "BRI",     "\xC3\xA4RG", "17",  "tunnel h",
        "\"quoted\" t", "nowhere", "e",          "# 1", "rger 2 arger",
        "harbour br 3", "r e",     "harbour 20", "2",   "tun tunnel",
        "2000"
    };
    const t_camera_t *near = &cameras[rand() % CAMERAS];
    cctv_filter_t filter = { .limit = 1 + rand() % 400 };
    int i;

    if (rand() % 4 > 0) {
        double width = rand() % 2 ? 2 : 90;

        filter.has_bbox = true;
        filter.bbox.west = between(near->lng - width, near->lng);
        filter.bbox.east = rand() % 4 ? between(near->lng, near->lng + width)
                                      : between(-180, 180);
        filter.bbox.west = fmax(filter.bbox.west, -180);
        filter.bbox.east = fmin(filter.bbox.east, 180);
        filter.bbox.south = rand() % 3 ? between(-90, near->lat) : near->lat;
        filter.bbox.north = rand() % 3 ? between(near->lat, 90) : near->lat;
    }
    if (rand() % 3 == 0) {
        apr_array_header_t *names = apr_array_make(pool, 4, sizeof(char *));

        for (i = rand() % 4; i >= 0; i--) {
            char name[32];

            snprintf(name, sizeof name, "role %d", rand() % (roles + 1));
            APR_ARRAY_PUSH(names, char *) = apr_pstrdup(pool, name);
        }
        filter.roles = names;
    }
    if (rand() % 3 == 0) {
        filter.status = cctv_camera_status_labels[rand() % 3];
    }
    if (rand() % 2 == 0) {
        filter.words = cctv_words_make(pool, texts[rand() % 16]);
        filter.has_rank = rand() % 3 == 0;
        filter.rank = rand() % CCTV_RANK_COUNT;
    }
    if (rand() % 4 == 0) {
        filter.has_playable = true;
        filter.playable = rand() % 2 == 0;
    }
    if (rand() % 3 == 0) {
        filter.after = rand() % (cameras[CAMERAS - 1].id + 10);
    }
    return filter;
}

static void check_extent(const cctv_search_t *search,
                         const t_camera_t *cameras)
{
    cctv_extent_t extent = CCTV_EXTENT_NONE;
    cctv_bbox_t expected, box;
    bool is_there;
    int i;

    for (i = 0; i < CAMERAS; i++) {
        if (is_wanted(&cameras[i], search->filter)) {
            cctv_extent_add(&extent, cameras[i].lng, cameras[i].lat);
        }
    }
    is_there = cctv_extent_box(&extent, &expected);
    ck_assert_int_eq(cctv_search_extent(search, &box), is_there);
    if (is_there) {
        ck_assert_double_eq_tol(box.west, expected.west, 1e-9);
        ck_assert_double_eq_tol(box.south, expected.south, 1e-9);
        ck_assert_double_eq_tol(box.east, expected.east, 1e-9);
        ck_assert_double_eq_tol(box.north, expected.north, 1e-9);
    }
}

static void check_page(const cctv_search_t *search, const t_camera_t *cameras)
{
    const cctv_filter_t *filter = search->filter;
    bool is_cut = true;
    int *at = NULL;
    int count = cctv_search_page(search, &at, &is_cut);
    int matched = 0;
    int found = 0;
    int rank, i;

    for (i = 0; i < CAMERAS; i++) {
        bool matches = is_wanted(&cameras[i], filter);

        ck_assert_int_eq(cctv_search_matches(search, i), matches);
        matched += matches;
    }
    for (rank = filter->has_rank ? filter->rank : 0; rank < CCTV_RANK_COUNT;
         rank++) {
        for (i = 0; i < CAMERAS; i++) {
            bool is_here = filter->words == NULL
                               ? rank == 0
                               : rank_of(&cameras[i], filter->words) == rank;
            bool is_later = filter->has_rank && rank > filter->rank;

            if (!is_here || !is_wanted(&cameras[i], filter)
                || (!is_later && cameras[i].id <= filter->after)) {
                continue;
            }
            if (found < filter->limit) {
                ck_assert_int_lt(found, count);
                ck_assert_int_eq(at[found], i);
                ck_assert_int_eq(cctv_search_rank(search, i),
                                 filter->words == NULL ? -1 : rank);
            }
            found++;
        }
    }
    ck_assert_int_eq(count, found < filter->limit ? found : filter->limit);
    ck_assert_int_eq(is_cut, found > filter->limit);
    ck_assert_int_eq(cctv_search_count(search), matched);
    check_extent(search, cameras);
    free(at);
}

static void check_random_pages(int roles)
{
    t_camera_t *cameras = t_cameras(CAMERAS, roles, 1);
    t_catalogue_t made;
    int i;

    t_catalogue(cameras, CAMERAS, &made);
    for (i = 0; i < 250; i++) {
        cctv_filter_t filter = random_filter(cameras, roles);
        int index = rand() % CAMERAS;
        cctv_search_t search;

        cctv_search_init(pool, &made.c, &filter, &search);
        check_page(&search, cameras);
        ck_assert_int_eq(cctv_catalogue_matches(&made.c, index, &filter),
                         is_wanted(&cameras[index], &filter));
        /* A status changes in place. */
        cameras[index].status = rand() % CCTV_CAMERA_STATUS_COUNT;
        cctv_statuses_set(&made.c, index, t_state(&cameras[index]));
    }
    t_catalogue_free(&made);
}

START_TEST(test_pages_are_those_of_a_look_at_each_camera)
{
    check_random_pages(5);
}
END_TEST

START_TEST(test_many_roles_stay_right)
{
    check_random_pages(300);
}
END_TEST

static int role_of_number(const cctv_catalogue_t *c, uint32_t number)
{
    cctv_text_t name = cctv_catalogue_role_name(c, number);

    return atoi(apr_pstrmemdup(pool, name.text, name.len) + strlen("role "));
}

/* The roles with the numbers 5 and 69 share a bit of the nodes, and whole nodes
 * have these two only. */
START_TEST(test_roles_that_share_a_bit_are_told_apart)
{
    t_camera_t *cameras = t_cameras(CAMERAS, 1, 11);
    apr_array_header_t *names = apr_array_make(pool, 1, sizeof(char *));
    cctv_filter_t filter = { .limit = CAMERAS, .roles = names };
    t_catalogue_t first, made;
    cctv_search_t search;
    int i;

    for (i = 0; i < 130; i++) {
        cameras[i].role = i;
    }
    t_catalogue(cameras, CAMERAS, &first);
    for (i = 130; i < CAMERAS; i++) {
        cameras[i].role = role_of_number(&first.c, i % 2 ? 5 : 69);
    }
    t_catalogue(cameras, CAMERAS, &made);
    APR_ARRAY_PUSH(names, char *) = apr_psprintf(pool, "role %d",
                                                 role_of_number(&made.c, 69));
    cctv_search_init(pool, &made.c, &filter, &search);
    check_page(&search, cameras);
    ck_assert_int_eq(cctv_search_count(&search), (CAMERAS - 130) / 2 + 1);
    APR_ARRAY_PUSH(names, char *) = apr_psprintf(pool, "role %d",
                                                 role_of_number(&made.c, 5));
    cctv_search_init(pool, &made.c, &filter, &search);
    check_page(&search, cameras);
    t_catalogue_free(&first);
    t_catalogue_free(&made);
}
END_TEST

/* ---- Near ---- */

/* By vectors, not by haversines. */
static double metres(double lng, double lat, const t_camera_t *camera)
{
    double radians = acos(-1) / 180;
    double a[3] = { cos(lat * radians) * cos(lng * radians),
                    cos(lat * radians) * sin(lng * radians),
                    sin(lat * radians) };
    double b[3] = { cos(camera->lat * radians) * cos(camera->lng * radians),
                    cos(camera->lat * radians) * sin(camera->lng * radians),
                    sin(camera->lat * radians) };
    double x = a[1] * b[2] - a[2] * b[1];
    double y = a[2] * b[0] - a[0] * b[2];
    double z = a[0] * b[1] - a[1] * b[0];

    return 6371008.771415
           * atan2(sqrt(x * x + y * y + z * z),
                   a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

/* Those that are left out are not nearer than the last one. */
static void check_near(const cctv_search_t *search, const t_camera_t *cameras)
{
    const cctv_filter_t *filter = search->filter;
    double last = 0;
    int matched = 0;
    cctv_near_t *at;
    int count = cctv_search_near(search, &at);
    int nearer = 0;
    int i;

    for (i = 0; i < count; i++) {
        const t_camera_t *camera = &cameras[at[i].index];

        ck_assert(is_wanted(camera, filter));
        ck_assert_double_eq_tol(
            at[i].distance, metres(filter->near_lng, filter->near_lat, camera),
            0.01);
        ck_assert(at[i].distance >= last);
        if (i > 0 && camera->lng == cameras[at[i - 1].index].lng
            && camera->lat == cameras[at[i - 1].index].lat) {
            ck_assert_int_gt(at[i].index, at[i - 1].index);
        }
        last = at[i].distance;
    }
    for (i = 0; i < CAMERAS; i++) {
        if (is_wanted(&cameras[i], filter)) {
            matched++;
            nearer += metres(filter->near_lng, filter->near_lat, &cameras[i])
                      < last - 0.01;
        }
    }
    ck_assert_int_eq(count, matched < filter->limit ? matched : filter->limit);
    ck_assert_int_le(nearer, count);
    free(at);
}

START_TEST(test_the_nearest_cameras_are_found_at_poles_and_the_antimeridian)
{
    t_camera_t *cameras = t_cameras(CAMERAS, 5, 2);
    t_catalogue_t made;
    int i;

    t_catalogue(cameras, CAMERAS, &made);
    for (i = 0; i < 400; i++) {
        cctv_filter_t filter = random_filter(cameras, 5);
        const t_camera_t *near = &cameras[rand() % CAMERAS];
        cctv_search_t search;

        filter.has_near = true;
        filter.near_lng = i % 4 == 0   ? between(-180, 180)
                          : i % 4 == 1 ? 180
                          : i % 4 == 2 ? -179.95
                                       : near->lng;
        filter.near_lat = i % 3 == 0 ? 90 : i % 3 == 1 ? -89.99 : near->lat;
        if (i % 2 == 0) {
            filter.has_bbox = false;
        }
        cctv_search_init(pool, &made.c, &filter, &search);
        check_near(&search, cameras);
    }
    t_catalogue_free(&made);
}
END_TEST

/* ---- Features ---- */

static void check_features(const t_catalogue_t *made, t_camera_t *cameras,
                           int count)
{
    int i;

    for (i = 0; i < count; i++) {
        cctv_camera_t camera;
        cctv_json_t wanted, got;

        t_camera(&cameras[i], &camera);
        cctv_json_init(&wanted, 1);
        cctv_geojson_feature(&wanted, &camera);
        cctv_answer_item(&made->c, i, &(cctv_filter_t){ 0 }, &got);
        ck_assert_uint_eq(wanted.len, got.len);
        ck_assert_mem_eq(wanted.data, got.data, got.len);
        cctv_json_free(&wanted);
        cctv_json_free(&got);
    }
}

START_TEST(test_features_are_those_of_the_writer_with_the_status_of_now)
{
    t_camera_t *cameras = t_cameras(CAMERAS, 5, 3);
    t_catalogue_t made;
    uint64_t version;
    int i;

    t_catalogue(cameras, CAMERAS, &made);
    check_features(&made, cameras, CAMERAS);
    version = atomic_load(&made.c.status_head->version);
    for (i = 0; i < CAMERAS; i++) {
        int before = cameras[i].status;

        cameras[i].status = (before + 1 + rand() % 2) % 3;
        /* Some get a time, some lose it, and some get another one. */
        cameras[i].since = i % 5 == 0 ? 0 : 1000000000 + i;
        ck_assert_int_eq(
            cctv_statuses_set(&made.c, i, t_state(&cameras[i])).status,
            before);
        ck_assert_uint_ne(atomic_load(&made.c.status_head->version), version);
    }
    check_features(&made, cameras, CAMERAS);
    t_catalogue_free(&made);
}
END_TEST

static void check_root(const cctv_catalogue_t *c)
{
    uint32_t counts[CCTV_CAMERA_STATUS_COUNT] = { 0 };
    int i;

    for (i = 0; i < c->count; i++) {
        counts[cctv_catalogue_status(c, i)]++;
    }
    for (i = 0; i < CCTV_CAMERA_STATUS_COUNT; i++) {
        ck_assert_uint_eq(
            atomic_load(&c->status_counts[c->node_count - 1].count[i]),
            counts[i]);
    }
}

/* The next process gets the same status from the journal. */
START_TEST(test_a_process_killed_while_it_changes_a_status)
{
    t_camera_t *cameras = t_cameras(CAMERAS, 5, 3);
    cctv_camera_state_t new = { (cameras[7].status + 1) % 3, 9 };
    t_catalogue_t made;
    cctv_catalogue_t *c = &made.c;
    uint64_t version;

    t_catalogue(cameras, CAMERAS, &made);
    cctv_statuses_set(c, 3,
                      (cctv_camera_state_t){ (cameras[3].status + 1) % 3, 5 });
    check_root(c);
    version = atomic_load(&c->status_head->version);
    atomic_fetch_add(&c->status_head->changes, 1);
    atomic_fetch_add(&c->status_counts[c->slots[7] / 16].count[new.status], 1);
    atomic_fetch_add(&c->status_counts[c->node_count - 1].count[new.status],
                     1);
    atomic_store(&c->statuses[c->slots[7]], cctv_catalogue_word(new));
    if (_i == 0) {
        cctv_statuses_set(c, 7, new);
    }
    else if (_i == 1) {
        cctv_statuses_repair(c);
    }
    else {
        cctv_statuses_told(c, 7);
    }
    ck_assert_uint_ne(atomic_load(&c->status_head->version), version);
    version = atomic_load(&c->status_head->version);
    check_root(c);
    cctv_statuses_set(c, 7, new);
    ck_assert_uint_eq(atomic_load(&c->status_head->version), version);
    t_catalogue_free(&made);
}
END_TEST

/* A new generation from the last one is the same as one from the table. */
START_TEST(test_a_copied_catalogue_is_the_same)
{
    cctv_build_about_t about = { .database = 7, .built = 8, .position = "9" };
    t_camera_t *cameras = t_cameras(500, 70, 4);
    int fd = memfd_create("copy", 0);
    cctv_build_t *build = cctv_build_begin(fd);
    t_catalogue_t first, second;
    void *copy;
    size_t size;
    int i;

    t_catalogue(cameras, 500, &first);
    for (i = 0; i < 500; i += 2) {
        cameras[i].status = (cameras[i].status + 1) % 3;
        cameras[i].since = i % 3 == 0 ? 0 : 1000000000 + i;
        cctv_statuses_set(&first.c, i, t_state(&cameras[i]));
    }
    t_catalogue(cameras, 500, &second);
    for (i = 0; i < 500; i++) {
        cctv_build_copy(build, &first.c, i);
    }
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    copy = t_read_fd(fd, &size);
    ck_assert_uint_eq(size, second.size);
    ck_assert_mem_eq(copy, second.file, size);
    close(fd);
    free(copy);
    t_catalogue_free(&first);
    t_catalogue_free(&second);
}
END_TEST

START_TEST(test_an_empty_catalogue_and_small_ones)
{
    int count;

    for (count = 0; count < 40; count++) {
        t_camera_t *cameras = t_cameras(count, 3, 5);
        cctv_filter_t filter = { .limit = 1000, .has_near = true };
        cctv_search_t search;
        t_catalogue_t made;
        cctv_near_t *near;
        bool is_cut;
        int *at;

        t_catalogue(cameras, count, &made);
        cctv_search_init(pool, &made.c, &filter, &search);
        ck_assert_int_eq(cctv_search_page(&search, &at, &is_cut), count);
        ck_assert_int_eq(cctv_search_near(&search, &near), count);
        ck_assert_int_eq(cctv_search_count(&search), count);
        ck_assert_int_eq(cctv_catalogue_find(&made.c, 0), -1);
        ck_assert_int_eq(cctv_catalogue_find(&made.c, 1 << 30), -1);
        check_features(&made, cameras, count);
        free(at);
        free(near);
        t_catalogue_free(&made);
    }
}
END_TEST

/* ---- Faults ---- */

/* Every damage is found, wherever it is. */
START_TEST(test_a_damaged_file_is_refused)
{
    t_camera_t *cameras = t_cameras(100, 3, 6);
    cctv_catalogue_t c;
    t_catalogue_t made;
    char *file;
    size_t i;

    t_catalogue(cameras, 100, &made);
    file = made.file;
    for (i = 0; i < made.size; i += i < 400 ? 1 : 13) {
        file[i] = (char)(file[i] ^ 1);
        ck_assert_ptr_nonnull(cctv_catalogue_open(file, made.size, &c));
        file[i] = (char)(file[i] ^ 1);
        ck_assert_ptr_nonnull(cctv_catalogue_open(file, i, &c));
    }
    ck_assert_ptr_null(cctv_catalogue_open(file, made.size, &c));
    t_catalogue_free(&made);
}
END_TEST

/* With a right checksum, each wrong number is still refused, or harmless. */
START_TEST(test_a_file_with_wrong_numbers_is_safe_to_read)
{
    t_camera_t *cameras = t_cameras(100, 3, 7);
    t_catalogue_t made;
    unsigned char *file;
    size_t i;
    int bit;

    t_catalogue(cameras, 100, &made);
    file = made.file;
    for (i = 16; i < made.size; i += i < 400 ? 1 : 7) {
        for (bit = 0; bit < 8; bit += 7) {
            cctv_catalogue_t c;

            file[i] ^= (unsigned char)(1 << bit);
            seal_catalogue(made.file, made.size);
            if (cctv_catalogue_open(file, made.size, &c) == NULL) {
                use_catalogue(pool, &c);
            }
            file[i] ^= (unsigned char)(1 << bit);
        }
    }
    t_catalogue_free(&made);
}
END_TEST

START_TEST(test_cameras_that_cannot_be_in_a_catalogue)
{
    t_camera_t *cameras = t_cameras(3, 3, 8);
    int fd = memfd_create("catalogue", 0);

    cameras[2].id = cameras[1].id;
    ck_assert_int_eq(t_build(cameras, 3, fd), APR_EINVAL);
    cameras[2].id++;
    cameras[1].lng = 181;
    ck_assert_int_eq(t_build(cameras, 3, fd), APR_EINVAL);
    close(fd);
}
END_TEST

START_TEST(test_a_full_disk_is_an_error)
{
    struct rlimit limit = { 100000, RLIM_INFINITY };
    t_camera_t *cameras = t_cameras(CAMERAS, 3, 9);
    FILE *file = tmpfile();

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_int_eq(t_build(cameras, CAMERAS, fileno(file)), EFBIG);
    fclose(file);
}
END_TEST

/* ---- Files ---- */

static void publish(const char *folder, uint64_t number, int count)
{
    uint64_t checked;
    const char *why;
    int fd = cctv_files_create(folder);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(t_build(t_cameras(count, 3, 10), count, fd), APR_SUCCESS);
    ck_assert_int_eq(cctv_files_publish(folder, fd, number, &checked, &why),
                     APR_SUCCESS);
}

static void damage(const char *folder, const char *name)
{
    FILE *file = fopen(apr_psprintf(pool, "%s/%s", folder, name), "r+");

    ck_assert_ptr_nonnull(file);
    fseek(file, 1000, SEEK_SET);
    fputc('!', file);
    fclose(file);
}

/* For a moment after a reload two processes may write. */
START_TEST(test_a_generation_never_takes_the_place_of_another)
{
    static const uint64_t none[2];
    char folder[] = "/tmp/cctv-unit-XXXXXX";
    cctv_mapped_t mapped;
    uint64_t checked = 0;
    const char *why;
    int fd;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    publish(folder, 5, 20);
    fd = cctv_files_create(folder);
    ck_assert_int_eq(t_build(t_cameras(30, 3, 10), 30, fd), APR_SUCCESS);
    ck_assert_int_eq(cctv_files_publish(folder, fd, 5, &checked, &why),
                     EEXIST);
    checked = 0;
    ck_assert_int_eq(cctv_files_map(folder, 5, 7, &checked, &mapped, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(mapped.catalogue.count, 20);
    cctv_files_unmap(&mapped);
    cctv_files_remove_before(folder, 6, none);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* A start takes the base of the last generation, so that one process checks it
 * for all. */
START_TEST(test_a_repaired_generation_tells_its_base)
{
    static const uint64_t none[2], gone[1];
    char folder[] = "/tmp/cctv-unit-XXXXXX";
    cctv_build_about_t about = {
        .database = 7, .position = "9", .base_number = 5, .gone = gone
    };
    cctv_mapped_t mapped;
    uint64_t base = 0, checked = 0;
    const char *why;
    int fd;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    publish(folder, 5, 20);
    ck_assert_int_eq(cctv_files_repair(folder, 5, 7, &base, &why),
                     APR_SUCCESS);
    ck_assert_uint_eq(base, 5);
    ck_assert_int_eq(cctv_files_map(folder, 5, 7, &checked, &mapped, &why),
                     APR_SUCCESS);
    about.base = &mapped.catalogue;
    fd = cctv_files_create(folder);
    ck_assert_int_eq(cctv_build_end(cctv_build_begin(fd), &about),
                     APR_SUCCESS);
    cctv_files_unmap(&mapped);
    ck_assert_int_eq(cctv_files_publish(folder, fd, 6, &checked, &why),
                     APR_SUCCESS);
    base = 0;
    ck_assert_int_eq(cctv_files_repair(folder, 6, 7, &base, &why),
                     APR_SUCCESS);
    ck_assert_uint_eq(base, 5);
    cctv_files_remove_before(folder, 7, none);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(test_generations_are_published_and_replaced)
{
    static const uint64_t none[2];
    char folder[] = "/tmp/cctv-unit-XXXXXX";
    cctv_mapped_t first, second;
    uint64_t base, checked = 0;
    const char *why;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    chmod(folder, 0755);
    ck_assert_ptr_null(cctv_files_check_folder(folder));
    ck_assert_uint_eq(cctv_files_newest(folder), 0);
    publish(folder, 9, 20);
    publish(folder, 10, 30);
    ck_assert_uint_eq(cctv_files_newest(folder), 10);
    ck_assert_int_eq(cctv_files_map(folder, 9, 7, &checked, &first, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(cctv_files_map(folder, 9, 8, &checked, &second, &why),
                     APR_EGENERAL);
    cctv_files_remove_before(folder, 10, none);
    ck_assert_int_eq(cctv_files_map(folder, 9, 7, &checked, &second, &why),
                     ENOENT);
    ck_assert_int_eq(cctv_files_map(folder, 10, 7, &checked, &second, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(first.catalogue.count, 20);
    ck_assert_int_eq(second.catalogue.count, 30);
    cctv_files_unmap(&first);
    /* A changed status is kept, and what is damaged is made anew. */
    cctv_statuses_set(&second.catalogue, 3,
                      (cctv_camera_state_t){ CCTV_CAMERA_OFFLINE, 77 });
    cctv_files_unmap(&second);
    ck_assert_int_eq(cctv_files_repair(folder, 10, 7, &base, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(cctv_files_map(folder, 10, 7, &checked, &second, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(cctv_catalogue_status(&second.catalogue, 3),
                     CCTV_CAMERA_OFFLINE);
    cctv_files_unmap(&second);
    unlink(apr_pstrcat(pool, folder, "/status-10", NULL));
    ck_assert_int_eq(cctv_files_repair(folder, 10, 7, &base, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(cctv_files_map(folder, 10, 7, &checked, &second, &why),
                     APR_SUCCESS);
    cctv_files_unmap(&second);
    /* A file that was written after it was checked is checked again. */
    damage(folder, "cameras-10");
    ck_assert_int_eq(cctv_files_map(folder, 10, 7, &checked, &second, &why),
                     APR_EGENERAL);
    ck_assert_int_eq(cctv_files_repair(folder, 10, 7, &base, &why),
                     APR_EGENERAL);
    cctv_files_remove_before(folder, 11, none);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

TCase *catalogue_tests(void)
{
    TCase *tcase = tcase_create("catalogue");

    tcase_set_timeout(tcase, 60);

    tcase_add_test(tcase, test_pages_are_those_of_a_look_at_each_camera);
    tcase_add_test(tcase, test_many_roles_stay_right);
    tcase_add_test(tcase, test_roles_that_share_a_bit_are_told_apart);
    tcase_add_test(
        tcase,
        test_the_nearest_cameras_are_found_at_poles_and_the_antimeridian);
    tcase_add_test(
        tcase, test_features_are_those_of_the_writer_with_the_status_of_now);
    tcase_add_loop_test(tcase, test_a_process_killed_while_it_changes_a_status,
                        0, 3);
    tcase_add_test(tcase, test_a_copied_catalogue_is_the_same);
    tcase_add_test(tcase, test_an_empty_catalogue_and_small_ones);
    tcase_add_test(tcase, test_a_damaged_file_is_refused);
    tcase_add_test(tcase, test_a_file_with_wrong_numbers_is_safe_to_read);
    tcase_add_test(tcase, test_cameras_that_cannot_be_in_a_catalogue);
    tcase_add_test(tcase, test_a_full_disk_is_an_error);
    tcase_add_test(tcase, test_generations_are_published_and_replaced);
    tcase_add_test(tcase, test_a_generation_never_takes_the_place_of_another);
    tcase_add_test(tcase, test_a_repaired_generation_tells_its_base);
    return tcase;
}
