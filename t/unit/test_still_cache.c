/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "stills/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEGABYTES 16

static cctv_still_cache_t cache;
static void *memory;

static void set_up(void)
{
    memory = mmap(NULL, cctv_still_cache_size(MEGABYTES),
                  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    cctv_still_cache_open(&cache, memory, MEGABYTES);
}

static void tear_down(void)
{
    munmap(memory, cctv_still_cache_size(MEGABYTES));
}

/* The bytes of a picture follow from its camera and its number. */
static char *make_picture(int32_t camera, int number, size_t length)
{
    char *picture = malloc(length);
    size_t i;

    for (i = 0; i < length; i++) {
        picture[i] = (char)(camera * 7 + number * 31 + (int)(i % 251));
    }
    return picture;
}

static void put(uint64_t database, int32_t camera, int number, size_t length)
{
    char *picture = make_picture(camera, number, length);
    cctv_still_t still = { .database = database,
                           .role = 5,
                           .fetched = number,
                           .modified = 1000 + number,
                           .camera = camera,
                           .length = (uint32_t)length };

    ck_assert(cctv_still_cache_put(&cache, &still, picture));
    free(picture);
}

/* @return the number of the picture that is found; -1: none */
static int found(uint64_t database, int32_t camera)
{
    cctv_still_t still;
    char *picture;
    char *wanted;
    int number;

    if (!cctv_still_cache_find(&cache, database, camera, &still)) {
        return -1;
    }
    number = (int)still.fetched;
    picture = cctv_still_cache_copy(&cache, &still);
    if (picture == NULL) {
        return -1;
    }
    wanted = make_picture(camera, number, still.length);
    ck_assert_mem_eq(picture, wanted, still.length);
    ck_assert_int_eq(still.camera, camera);
    free(picture);
    free(wanted);
    return number;
}

START_TEST(the_newest_picture_is_found)
{
    cctv_still_t still;

    ck_assert_int_eq(found(0, 1), -1);
    put(0, 1, 1, 1);
    put(0, 2, 2, 70001);
    ck_assert_int_eq(found(0, 1), 1);
    ck_assert_int_eq(found(0, 2), 2);
    put(0, 1, 3, 5000);
    ck_assert_int_eq(found(0, 1), 3);
    ck_assert(cctv_still_cache_find(&cache, 0, 1, &still));
    ck_assert_uint_eq(still.role, 5);
    ck_assert_int_eq(still.modified, 1003);
    ck_assert_uint_eq(still.length, 5000);
}
END_TEST

START_TEST(cameras_of_another_database_are_others)
{
    put(7, 1, 1, 100);
    ck_assert_int_eq(found(0, 1), -1);
    ck_assert_int_eq(found(7, 1), 1);
    put(0, 1, 2, 100);
    ck_assert_int_eq(found(7, 1), 1);
    ck_assert_int_eq(found(0, 1), 2);
}
END_TEST

START_TEST(the_newest_pictures_replace_the_oldest)
{
    const int count = 100;
    int kept = 0;
    int i;

    for (i = 1; i <= count; i++) {
        put(0, i, i, 1 << 20);
    }
    for (i = 1; i <= count; i++) {
        if (found(0, i) >= 0) {
            ck_assert_int_eq(found(0, i), i);
            ck_assert_int_gt(i, count - MEGABYTES);
            kept++;
        }
    }
    ck_assert_int_ge(kept, MEGABYTES - 2);
}
END_TEST

START_TEST(a_picture_that_is_too_large_is_not_kept)
{
    cctv_still_t still = { .camera = 1, .length = 9 << 20 };
    char *picture = calloc(1, still.length);

    ck_assert(!cctv_still_cache_put(&cache, &still, picture));
    ck_assert_int_eq(found(0, 1), -1);
    free(picture);
}
END_TEST

START_TEST(a_picture_that_was_overwritten_is_not_copied)
{
    cctv_still_t still;
    int i;

    put(0, 1, 1, 1 << 20);
    ck_assert(cctv_still_cache_find(&cache, 0, 1, &still));
    for (i = 2; i < 30; i++) {
        put(0, i, i, 1 << 20);
    }
    ck_assert_ptr_null(cctv_still_cache_copy(&cache, &still));
}
END_TEST

START_TEST(damaged_bytes_are_not_found)
{
    cctv_still_t still;

    put(0, 1, 1, 1000);
    ck_assert(cctv_still_cache_find(&cache, 0, 1, &still));
    atomic_fetch_xor(cache.ring + sizeof still / 8 + 10, 1);
    ck_assert_ptr_null(cctv_still_cache_copy(&cache, &still));
    atomic_fetch_xor(cache.ring + 1, 1);
    ck_assert(!cctv_still_cache_find(&cache, 0, 1, &still));
}
END_TEST

#define THREADS 4
#define ROUNDS  400

static void *write_and_read(void *number_)
{
    int number = *(int *)number_;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        int32_t camera = 1 + (i + number) % 24;

        put(0, camera, i, 200000 + (size_t)(i * 997 + number * 13) % 300000);
        (void)found(0, 1 + i % 24);
    }
    return NULL;
}

START_TEST(many_write_and_read_at_once)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    int i;

    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, write_and_read, &numbers[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}
END_TEST

START_TEST(a_writer_that_is_killed_holds_up_nobody)
{
    int i;

    for (i = 0; i < 10; i++) {
        pid_t pid = fork();

        assert_forked(pid);
        if (pid == 0) {
            char *picture = calloc(1, 3 << 20);

            for (;;) {
                cctv_still_t still = { .camera = 1,
                                       .fetched = 1,
                                       .length = 3 << 20 };

                cctv_still_cache_put(&cache, &still, picture);
            }
        }
        usleep(3000);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        put(0, 2, i, 3 << 20);
        ck_assert_int_eq(found(0, 2), i);
    }
}
END_TEST

START_TEST(keys_of_cameras)
{
    int32_t i;

    for (i = 1; i < 1000; i++) {
        ck_assert_int_eq(cctv_stills_key(0, i), i);
        ck_assert_int_gt(cctv_stills_key(UINT64_MAX - 5, i), 0);
    }
    ck_assert_int_gt(cctv_stills_key(3, INT32_MAX), 0);
}
END_TEST

TCase *still_cache_tests(void)
{
    TCase *tests = tcase_create("still cache");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_newest_picture_is_found);
    tcase_add_test(tests, cameras_of_another_database_are_others);
    tcase_add_test(tests, the_newest_pictures_replace_the_oldest);
    tcase_add_test(tests, a_picture_that_is_too_large_is_not_kept);
    tcase_add_test(tests, a_picture_that_was_overwritten_is_not_copied);
    tcase_add_test(tests, damaged_bytes_are_not_found);
    tcase_add_test(tests, many_write_and_read_at_once);
    tcase_add_test(tests, a_writer_that_is_killed_holds_up_nobody);
    tcase_add_test(tests, keys_of_cameras);
    return tests;
}
