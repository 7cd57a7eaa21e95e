/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "json/buffers.h"

#include <stdlib.h>
#include <string.h>

#define SIZE (CCTV_BUFFERS_MIN * 2)

/* @return writable in whole */
static void *take(size_t size)
{
    void *buffer = cctv_buffers_take(size);

    ck_assert_ptr_nonnull(buffer);
    memset(buffer, 'x', size);
    return buffer;
}

START_TEST(what_was_given_last_is_taken_first)
{
    void *first = take(SIZE);
    void *second = take(SIZE);

    cctv_buffers_give(first);
    cctv_buffers_give(second);
    ck_assert_ptr_eq(take(SIZE), second);
    ck_assert_ptr_eq(take(SIZE - 1), first);
    free(first);
    free(second);
}
END_TEST

START_TEST(a_buffer_is_large_enough)
{
    void *small = take(SIZE);
    void *large = take(4 * SIZE);

    cctv_buffers_give(large);
    cctv_buffers_give(small);
    ck_assert_ptr_eq(take(3 * SIZE), large);
    ck_assert_ptr_eq(take(SIZE), small);
    free(small);
    free(large);
}
END_TEST

/* The check for leaks tells whether the others are freed. */
START_TEST(only_a_few_are_kept)
{
    void *buffers[CCTV_BUFFERS_KEPT + 1];
    int i;

    for (i = 0; i <= CCTV_BUFFERS_KEPT; i++) {
        buffers[i] = take(SIZE);
    }
    for (i = 0; i <= CCTV_BUFFERS_KEPT; i++) {
        cctv_buffers_give(buffers[i]);
    }
    for (i = CCTV_BUFFERS_KEPT; i > 0; i--) {
        ck_assert_ptr_eq(take(1), buffers[i]);
        free(buffers[i]);
    }
    cctv_buffers_give(take(CCTV_BUFFERS_MAX * 2));
    cctv_buffers_give(take(CCTV_BUFFERS_MIN / 2));
    cctv_buffers_give(take(SIZE));
    cctv_buffers_clear();
}
END_TEST

TCase *buffers_tests(void)
{
    TCase *tc = tcase_create("buffers");

    tcase_add_checked_fixture(tc, NULL, cctv_buffers_clear);
    tcase_add_test(tc, what_was_given_last_is_taken_first);
    tcase_add_test(tc, a_buffer_is_large_enough);
    tcase_add_test(tc, only_a_few_are_kept);
    return tc;
}
