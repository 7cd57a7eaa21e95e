/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include "guard/single.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(one_is_inside_at_a_time)
{
    cctv_single_t single = 0;
    uint64_t first;
    uint64_t second;

    ck_assert(cctv_single_enter(&single, START, &first));
    ck_assert(!cctv_single_enter(&single, START + SECOND, &second));
    cctv_single_leave(&single, first);
    ck_assert(cctv_single_enter(&single, START + SECOND, &second));
    /* A late leave of an earlier entry must not free the place. */
    cctv_single_leave(&single, first);
    ck_assert(!cctv_single_enter(&single, START + SECOND, &first));
}
END_TEST

START_TEST(a_process_that_is_killed_inside_lets_the_next_one_in)
{
    cctv_single_t *single = mmap(NULL, sizeof *single, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint64_t ticket;
    pid_t pid;

    ck_assert_ptr_ne(single, MAP_FAILED);
    pid = fork();
    assert_forked(pid);
    if (pid == 0) {
        cctv_single_enter(single, START, &ticket);
        raise(SIGSTOP);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, NULL, WUNTRACED), pid);
    ck_assert(!cctv_single_enter(single, START + 1000 * SECOND, &ticket));
    kill_process(pid);
    ck_assert(cctv_single_enter(single, START, &ticket));
    munmap(single, sizeof *single);
}
END_TEST

/* A process with the number of the dead one is not of this server. */
START_TEST(a_number_that_another_process_has_got_lets_the_next_one_in)
{
    cctv_single_t single;
    uint64_t ticket;

    ck_assert_int_ne(getpgid(1), getpgrp());
    single = (uint64_t)(START / 1000) << 22 | 1;
    ck_assert(cctv_single_enter(&single, START + SECOND, &ticket));
}
END_TEST

TCase *single_tests(void)
{
    TCase *tc = tcase_create("single");

    tcase_add_test(tc, one_is_inside_at_a_time);
    tcase_add_test(tc, a_process_that_is_killed_inside_lets_the_next_one_in);
    tcase_add_test(tc,
                   a_number_that_another_process_has_got_lets_the_next_one_in);
    return tc;
}
