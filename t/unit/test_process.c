/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "core/process.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 16

typedef struct {
    pid_t id;
    bool is_random;
    unsigned char bytes[SIZE];
} own_t;

static own_t own_of(void)
{
    own_t own;

    memset(&own, 0, sizeof own);
    own.id = cctv_process_id();
    own.is_random = cctv_random(own.bytes, sizeof own.bytes);
    return own;
}

/* The child has read and drawn nothing since its parent did. */
START_TEST(a_forked_process_has_its_own)
{
    own_t before = own_of();
    own_t child;
    own_t after;
    int ends[2];
    int status;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        child = own_of();
        _exit(write(ends[1], &child, sizeof child) != sizeof child);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(read(ends[0], &child, sizeof child), sizeof child);
    after = own_of();
    ck_assert_int_eq(before.id, getpid());
    ck_assert_int_eq(after.id, getpid());
    ck_assert_int_eq(child.id, pid);
    ck_assert(before.is_random && child.is_random && after.is_random);
    ck_assert_int_ne(memcmp(child.bytes, after.bytes, SIZE), 0);
    ck_assert_int_ne(memcmp(before.bytes, after.bytes, SIZE), 0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* No two of them are the same, also where a thread has to draw again. */
START_TEST(random_bytes_are_given_out_once)
{
    unsigned char all[40][SIZE];
    int i;
    int k;

    memset(all, 0, sizeof all);
    for (i = 0; i < 40; i++) {
        ck_assert(cctv_random(all[i], (size_t)(i % 2 == 0 ? SIZE : SIZE - 5)));
        for (k = 0; k < i; k++) {
            ck_assert_int_ne(memcmp(all[i], all[k], SIZE - 5), 0);
        }
    }
}
END_TEST

TCase *process_tests(void)
{
    TCase *tc = tcase_create("process");

    tcase_add_test(tc, a_forked_process_has_its_own);
    tcase_add_test(tc, random_bytes_are_given_out_once);
    return tc;
}
