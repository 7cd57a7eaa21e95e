/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file catalogue.c
 * @brief The cost of a catalogue of so many cameras, without Apache and without
 *        a database.
 *
 *   catalogue CAMERAS FILE
 *
 * Builds FILE and prints JSON: the time of the build and of the check at
 * opening, bytes a camera, and the time of searches, the best of 9 turns,
 * in processor time.
 */
#include "catalogue/answer.h"
#include "catalogue/build.h"
#include "catalogue/status.h"
#include "clusters/answer.h"
#include "tiles/tile.h"

#include "apr_general.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define TURNS 9

static apr_pool_t *pool;
static apr_pool_t *forever; /* of the words */

static void die(const char *what)
{
    fprintf(stderr, "catalogue: %s\n", what);
    exit(1);
}

/* The processor time of this thread: µs. Other programs do not count. */
static double used(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static double random_number(void)
{
    static uint64_t state = 42;

    state = state * 6364136223846793005U + 1442695040888963407U;
    return (double)(state >> 11) / (double)(UINT64_C(1) << 53);
}

static cctv_text_t text(char *buffer, int length)
{
    return (cctv_text_t){ buffer, (size_t)length };
}

/* Nine of ten cameras are spread evenly, every tenth is in one of 100 cities,
 * as in data.sql. */
static void add_camera(cctv_build_t *build, int id)
{
    static const char *const names[] = { "I-95 NB at Exit", "Ring Road, km",
                                         "Market Square",   "Harbour & Ferry",
                                         "Tunnel <east>",   "Bus stop" };
    static const char *const roles[] = { "traffic", "traffic", "traffic",
                                         "police",  "transit", "transit",
                                         "harbour" };
    char at[4][64];
    double x = random_number();
    double y = random_number();
    int city = (int)(random_number() * 100);
    bool is_in_city = id % 10 == 0;
    cctv_camera_t camera = {
        .role = { roles[id % 7], 7 },
        .status = { id % 20 == 7 ? "unknown" : "offline", 7 },
        .status_since = 1700000000 + id,
        .codec = { "H.264", 5 },
        .profile = { "Main", 4 },
        .width = { "640", 3 },
        .height = { "480", 3 },
        .fps = { "25", 2 },
        .playable = true,
        .streams = { .first = CCTV_CODEC_H264 },
    };

    camera.id = text(at[0], snprintf(at[0], 64, "%d", id));
    camera.lng = text(at[1],
                      snprintf(at[1], 64, "%.6f",
                               is_in_city ? -175 + city * 3.5 + 0.3 * (x - 0.5)
                                          : -180 + 360 * x));
    camera.lat = text(at[2],
                      snprintf(at[2], 64, "%.6f",
                               is_in_city ? -50 + city * 1.1 + 0.3 * (y - 0.5)
                                          : -56 + 127 * y));
    camera.name = text(at[3], snprintf(at[3], 64, "%s %d", names[id % 6], id));
    cctv_build_add(build, &camera);
}

static void build(const char *path, int cameras)
{
    cctv_build_about_t about = { .position = "" };
    cctv_build_t *made;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int i;

    made = cctv_build_begin(fd);
    for (i = 1; i <= cameras; i++) {
        add_camera(made, i);
    }
    if (cctv_build_end(made, &about) != APR_SUCCESS) {
        die("the file cannot be written");
    }
    close(fd);
}

static const char *no_next(void *context, int rank, int id)
{
    (void)context;
    (void)rank;
    (void)id;
    return "/api/cameras?after=1";
}

/* The mean time of an answer in µs, the best of some turns. */
static double answer(const cctv_catalogue_t *c, cctv_filter_t filter,
                     double width, int rounds)
{
    double best = 1e99;
    int turn, i;

    for (turn = 0; turn < TURNS; turn++) {
        double started = used();
        double time;

        for (i = 0; i < rounds; i++) {
            cctv_search_t search;
            cctv_json_t json;

            filter.bbox.west = -180 + random_number() * (360 - width);
            filter.bbox.south = -56 + random_number() * (127 - width / 3);
            filter.bbox.east = filter.bbox.west + width;
            filter.bbox.north = filter.bbox.south + width * 127 / 360;
            filter.near_lng = filter.bbox.west;
            filter.near_lat = filter.bbox.south;
            cctv_search_init(pool, c, &filter, &search);
            cctv_answer_list(&search, no_next, NULL, &json);
            cctv_json_free(&json);
        }
        time = (used() - started) / rounds;
        best = time < best ? time : best;
        apr_pool_clear(pool);
    }
    return best;
}

static void measure(const cctv_catalogue_t *c)
{
    static const int sizes[] = { 10, 250, 1800 };
    int i;

    for (i = 0; i < 3; i++) {
        double width = 360 * sqrt((double)sizes[i] / c->count);

        printf(", \"box_%d_us\": %.2f", sizes[i],
               answer(c, (cctv_filter_t){ .limit = 5000, .has_bbox = true },
                      width, 300));
        printf(", \"count_%d_us\": %.2f", sizes[i],
               answer(c,
                      (cctv_filter_t){
                          .limit = 1, .has_bbox = true, .wants_count = true },
                      width, 300));
    }
    printf(
        ", \"world_10_us\": %.2f, \"half_10_us\": %.2f, "
        "\"near_10_us\": %.2f, \"near_1000_us\": %.2f",
        answer(c, (cctv_filter_t){ .limit = 10 }, 1, 300),
        answer(c, (cctv_filter_t){ .limit = 10, .has_bbox = true }, 180, 300),
        answer(c, (cctv_filter_t){ .limit = 10, .has_near = true }, 1, 300),
        answer(c, (cctv_filter_t){ .limit = 1000, .has_near = true }, 1, 100));
}

/* Text that one, none and many names have, of several words and of one letter,
 * and what is in no name at all. */
static void measure_words(const cctv_catalogue_t *c)
{
    static const char *const texts[][2] = {
        { "rare", "square 2223" }, { "none", "nowhere" },
        { "common", "harbour" },   { "words", "22 rry harb" },
        { "letter", "a" },         { "two", "qx" },
        { "digit", "9" },          { "symbol", "&" },
        { "symbols", "%%" }
    };
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cctv_filter_t filter = {
            .limit = 1000, .words = cctv_words_make(forever, texts[i][1])
        };

        printf(", \"q_%s_us\": %.0f", texts[i][0], answer(c, filter, 1, 10));
    }
    printf(
        ", \"q_box_us\": %.0f}\n",
        answer(c,
               (cctv_filter_t){ .limit = 1000,
                                .words = cctv_words_make(forever, "harbour"),
                                .has_bbox = true },
               10, 30));
}

/* The width of a map of the world at a zoom: pixels. */
static double width_of(int zoom)
{
    return 256.0 * (1 << zoom);
}

/* The mean time of the clusters of a screen of 1920 * 1080 pixels in µs, the
 * best of some turns. */
static double clusters_at(const cctv_catalogue_t *c, cctv_filter_t filter,
                          int zoom)
{
    double width = fmin(360, 1920 / width_of(zoom) * 360);
    double height = fmin(127, 1080 / width_of(zoom) * 250);
    double best = 1e99;
    int turn, i;

    filter.has_bbox = true;
    for (turn = 0; turn < TURNS; turn++) {
        double started = used();
        double time;

        for (i = 0; i < 10; i++) {
            cctv_search_t search;
            cctv_json_t json;

            filter.bbox.west = -180 + random_number() * (360 - width);
            filter.bbox.south = -56 + random_number() * (127 - height);
            filter.bbox.east = filter.bbox.west + width;
            filter.bbox.north = filter.bbox.south + height;
            cctv_search_init(pool, c, &filter, &search);
            cctv_clusters_answer(&search, zoom, NULL, &json);
            cctv_json_free(&json);
        }
        time = (used() - started) / 10;
        best = time < best ? time : best;
        apr_pool_clear(pool);
    }
    return best;
}

/* The zoom that takes longest, for all cameras, for roles that are mixed
 * everywhere, and for one status and what every browser plays. */
static void measure_clusters(const cctv_catalogue_t *c)
{
    apr_array_header_t *roles = apr_array_make(forever, 2, sizeof(char *));
    cctv_filter_t filters[3] = { { .limit = 1 },
                                 { .limit = 1 },
                                 { .limit = 1 } };
    static const char *const names[] = { "all", "roles", "status" };
    int i, zoom;

    APR_ARRAY_PUSH(roles, const char *) = "police";
    APR_ARRAY_PUSH(roles, const char *) = "transit";
    filters[1].roles = filters[2].roles = roles;
    filters[2].status = "unknown";
    filters[2].has_playable = filters[2].playable = true;
    for (i = 0; i < 3; i++) {
        double worst = 0;

        for (zoom = 0; zoom <= 18; zoom++) {
            double time = clusters_at(c, filters[i], zoom);

            worst = time > worst ? time : worst;
        }
        printf(", \"clusters_%s_us\": %.0f", names[i], worst);
    }
}

/* The mean time of random tiles of a zoom in µs, the best of some turns. */
static double tiles_at(const cctv_catalogue_t *c, int zoom)
{
    cctv_filter_t filter = { .limit = 1 };
    double best = 1e99;
    int turn, i;

    for (turn = 0; turn < TURNS; turn++) {
        double started = used();
        double time;

        for (i = 0; i < 50; i++) {
            cctv_tile_t tile = { zoom,
                                 (uint32_t)(random_number() * (1 << zoom)),
                                 (uint32_t)(random_number() * (1 << zoom)) };
            cctv_search_t search;
            cctv_json_t made;

            cctv_search_init(pool, c, &filter, &search);
            cctv_tile_make(&search, &tile, &made);
            cctv_json_free(&made);
        }
        time = (used() - started) / 50;
        best = time < best ? time : best;
        apr_pool_clear(pool);
    }
    return best;
}

static void measure_tiles(const cctv_catalogue_t *c)
{
    double worst = 0;
    int zoom;

    for (zoom = 0; zoom <= 18; zoom++) {
        double time = tiles_at(c, zoom);

        worst = time > worst ? time : worst;
    }
    printf(", \"tiles_us\": %.0f", worst);
}

int main(int argc, char **argv)
{
    double started = used();
    cctv_catalogue_t c;
    double built, opened;
    size_t size;
    void *file;
    int fd;

    if (argc != 3) {
        die("usage: catalogue CAMERAS FILE");
    }
    apr_initialize();
    apr_pool_create(&pool, NULL);
    apr_pool_create(&forever, NULL);
    build(argv[2], atoi(argv[1]));
    built = used();
    fd = open(argv[2], O_RDONLY);
    size = (size_t)lseek(fd, 0, SEEK_END);
    file = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED || cctv_catalogue_open(file, size, &c) != NULL) {
        die("the file cannot be used");
    }
    opened = used();
    cctv_statuses_init(&c, calloc(1, cctv_statuses_size(&c)));
    printf("{\"cameras\": %d, \"build_s\": %.3f, \"open_s\": %.3f, "
           "\"bytes_a_camera\": %.1f",
           c.count, (built - started) / 1e6, (opened - built) / 1e6,
           (double)size / c.count);
    measure(&c);
    measure_clusters(&c);
    measure_tiles(&c);
    measure_words(&c);
    return 0;
}
