/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "catalogue/find.h"

#include <stdlib.h>
#include <string.h>

/* Byte by byte. */
static const char *find_slowly(const char *hay, size_t size, const char *text,
                               size_t length, bool at_start, bool of_words)
{
    size_t i;

    for (i = 0; i + length <= size; i++) {
        bool is_start = i == 0 || hay[i - 1] == '\0'
                        || (of_words && hay[i - 1] == ' ');

        if (memcmp(hay + i, text, length) == 0 && (is_start || !at_start)) {
            return hay + i;
        }
    }
    return NULL;
}

/* In memory of exactly the size, so that a sanitizer sees a read beyond it. */
START_TEST(it_finds_what_a_look_at_each_byte_finds)
{
    static const char letters[] = { 'a', 'b', ' ', '\0' };
    int round;

    srand((unsigned)_i);
    for (round = 0; round < 3000; round++) {
        size_t size = (size_t)rand() % 100;
        size_t length = 1 + (size_t)rand() % 4;
        char *hay = malloc(size + 1);
        char text[8];
        size_t i;

        for (i = 0; i < size; i++) {
            hay[i] = letters[rand() % 4];
        }
        for (i = 0; i < length; i++) {
            text[i] = letters[rand() % 3];
        }
        ck_assert_ptr_eq(cctv_find(hay, size, text, length),
                         find_slowly(hay, size, text, length, false, false));
        ck_assert_ptr_eq(cctv_find_start(hay, size, text, length, false),
                         find_slowly(hay, size, text, length, true, false));
        ck_assert_ptr_eq(cctv_find_start(hay, size, text, length, true),
                         find_slowly(hay, size, text, length, true, true));
        free(hay);
    }
}
END_TEST

TCase *find_tests(void)
{
    TCase *tcase = tcase_create("find");

    tcase_add_loop_test(tcase, it_finds_what_a_look_at_each_byte_finds, 0, 4);
    return tcase;
}
