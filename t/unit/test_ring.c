/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file test_ring.c
 * @brief Tests of the ring of changes, of cursors, and of the counts of
 *        processes.
 */
#include "t_common.h"

#include "push/cursor.h"
#include "push/processes.h"
#include "push/ring.h"

#include "apr_strings.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static cctv_ring_t make_ring(void)
{
    return (cctv_ring_t){
        .head = apr_pcalloc(pool, sizeof(cctv_ring_head_t)),
        .slots = apr_pcalloc(pool, CCTV_RING_SIZE * sizeof(cctv_ring_slot_t)),
    };
}

/* Change number n of these tests; each member is made of n. */
static cctv_record_of_change_t change_of(uint64_t n)
{
    return (cctv_record_of_change_t){
        .id = (int32_t)n,
        .which = (uint8_t)(n % CCTV_RING_CATALOGUES),
        .had = n % 2 == 0,
        .is_deep = n % 3 == 0,
        .generation = n * 5,
        .time = (cctv_time_t)(n * 7),
        .before = { .role = n * 11,
                    .lng = -(double)n / 3,
                    .lat = (double)n / 7,
                    .status = (uint8_t)(n % 3) },
    };
}

static bool is_change(const cctv_record_of_change_t *found, uint64_t n)
{
    cctv_record_of_change_t wanted = change_of(n);

    return found->id == wanted.id && found->which == wanted.which
           && found->had == wanted.had && found->is_deep == wanted.is_deep
           && found->generation == wanted.generation
           && found->time == wanted.time
           && found->before.role == wanted.before.role
           && found->before.lng == wanted.before.lng
           && found->before.lat == wanted.before.lat
           && found->before.status == wanted.before.status;
}

static void add_until(const cctv_ring_t *ring, uint64_t last)
{
    while (cctv_ring_last(ring) < last) {
        cctv_record_of_change_t change = change_of(cctv_ring_last(ring) + 1);

        cctv_ring_add(ring, &change);
    }
}

START_TEST(test_changes_are_read_as_they_were_added)
{
    cctv_ring_t ring = make_ring();
    cctv_record_of_change_t found;
    uint64_t n;

    ck_assert(!cctv_ring_read(&ring, 0, &found));
    ck_assert(!cctv_ring_read(&ring, 1, &found));
    add_until(&ring, 100);
    for (n = 1; n <= 100; n++) {
        ck_assert(cctv_ring_read(&ring, n, &found));
        ck_assert(is_change(&found, n));
    }
    ck_assert(!cctv_ring_read(&ring, 101, &found));
}
END_TEST

START_TEST(test_old_changes_are_overwritten)
{
    cctv_ring_t ring = make_ring();
    cctv_record_of_change_t found;

    add_until(&ring, CCTV_RING_SIZE + 10);
    ck_assert(!cctv_ring_read(&ring, 10, &found));
    ck_assert(cctv_ring_read(&ring, 11, &found) && is_change(&found, 11));
    ck_assert(!cctv_ring_has(&ring, 10));
    ck_assert(!cctv_ring_has(&ring, cctv_ring_last(&ring) + 1));
    ck_assert(cctv_ring_has(&ring, cctv_ring_last(&ring)));
    ck_assert(cctv_ring_has(&ring, cctv_ring_last(&ring) - CCTV_RING_KEPT));
    ck_assert(
        !cctv_ring_has(&ring, cctv_ring_last(&ring) - CCTV_RING_KEPT - 1));
}
END_TEST

START_TEST(test_each_catalogue_has_its_epoch)
{
    cctv_ring_t ring = make_ring();
    uint64_t first = cctv_ring_epoch(&ring, 0);

    ck_assert(first != 0);
    ck_assert(cctv_ring_epoch(&ring, 0) == first);
    ck_assert(cctv_ring_epoch(&ring, 1) != first);
    cctv_ring_renew(&ring, 0);
    ck_assert(cctv_ring_epoch(&ring, 0) != first);
}
END_TEST

#define SECOND INT64_C(1000000)

START_TEST(test_changes_that_never_come_start_a_new_epoch)
{
    cctv_ring_t ring = make_ring();
    uint64_t epoch = cctv_ring_epoch(&ring, 0);

    /* The first generation, and one whose changes came. */
    cctv_ring_check(&ring, 0, 3, 100 * SECOND);
    cctv_ring_check(&ring, 0, 3, 200 * SECOND);
    cctv_ring_set_told(&ring, 0, 4);
    cctv_ring_check(&ring, 0, 4, 300 * SECOND);
    cctv_ring_check(&ring, 0, 3, 400 * SECOND);
    ck_assert(cctv_ring_epoch(&ring, 0) == epoch);
    /* One whose changes are late. */
    cctv_ring_check(&ring, 0, 5, 500 * SECOND);
    cctv_ring_check(&ring, 0, 5, 509 * SECOND);
    cctv_ring_set_told(&ring, 0, 5);
    cctv_ring_check(&ring, 0, 5, 511 * SECOND);
    cctv_ring_check(&ring, 0, 6, 600 * SECOND);
    ck_assert(cctv_ring_epoch(&ring, 0) == epoch);
    cctv_ring_check(&ring, 0, 6, 611 * SECOND);
    ck_assert(cctv_ring_epoch(&ring, 0) != epoch);
    ck_assert_uint_eq(cctv_ring_told(&ring, 0), 6);
}
END_TEST

/* A reader looks at a generation while its changes come. */

#define GENERATIONS 20000

typedef struct {
    cctv_ring_t ring;
    /* Both threads have come to this generation; have done with it. */
    _Atomic uint64_t begun[2];
    _Atomic uint64_t done[2];
} late_t;

static void wait_until(const _Atomic uint64_t *at, uint64_t generation)
{
    while (atomic_load(at) < generation) {
        sched_yield();
    }
}

static void meet(_Atomic uint64_t *at, int who, uint64_t generation)
{
    atomic_store(&at[who], generation);
    wait_until(&at[!who], generation);
}

static void *check_each(void *late_)
{
    late_t *late = late_;
    uint64_t generation;

    for (generation = 2; generation < GENERATIONS; generation++) {
        meet(late->begun, 0, generation);
        cctv_ring_check(&late->ring, 0, generation, SECOND);
        meet(late->done, 0, generation);
    }
    return NULL;
}

START_TEST(test_changes_that_have_come_are_not_waited_for)
{
    late_t late = { .ring = make_ring() };
    pthread_t thread;
    uint64_t generation;
    int waiting = 0;

    cctv_ring_set_told(&late.ring, 0, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, check_each, &late), 0);
    for (generation = 2; generation < GENERATIONS; generation++) {
        meet(late.begun, 1, generation);
        cctv_ring_set_told(&late.ring, 0, generation);
        atomic_store(&late.done[1], generation);
        wait_until(&late.done[0], generation);
        waiting += late.ring.head->waits[0] != 0;
    }
    pthread_join(thread, NULL);
    ck_assert_int_eq(waiting, 0);
}
END_TEST

START_TEST(test_a_new_client_starts_before_the_last_changes)
{
    cctv_ring_t ring = make_ring();
    cctv_record_of_change_t change = { .is_deep = true, .time = 10 * SECOND };

    ck_assert_uint_eq(cctv_ring_start(&ring, 10 * SECOND, SECOND), 0);
    cctv_ring_add(&ring, &change);
    change.time = 12 * SECOND;
    cctv_ring_add(&ring, &change);
    change.is_deep = false;
    cctv_ring_add(&ring, &change);
    ck_assert_uint_eq(cctv_ring_start(&ring, 12 * SECOND, SECOND), 1);
    ck_assert_uint_eq(cctv_ring_start(&ring, 12 * SECOND + SECOND / 2, SECOND),
                      1);
    ck_assert_uint_eq(cctv_ring_start(&ring, 13 * SECOND, SECOND), 3);
}
END_TEST

/* Readers run while the writer overwrites what they read. */

#define READERS 3

typedef struct {
    cctv_ring_t ring;
    uint64_t last;
    uint64_t seen[READERS];
    _Atomic int wrong;
} race_t;

typedef struct {
    race_t *race;
    int number;
} reader_t;

static void *read_all(void *reader_)
{
    reader_t *reader = reader_;
    race_t *race = reader->race;
    uint64_t next = 1;

    while (next <= race->last) {
        uint64_t last = cctv_ring_last(&race->ring);
        cctv_record_of_change_t found;

        if (next > last) {
            continue;
        }
        if (cctv_ring_read(&race->ring, next, &found)) {
            race->seen[reader->number]++;
            race->wrong += !is_change(&found, next);
            next++;
        }
        else {
            /* Overwritten; only changes that the writer is about to overwrite
             * may be missed. */
            last = cctv_ring_last(&race->ring);
            race->wrong += last + 1 < next + CCTV_RING_SIZE;
            /* Stay where the writer overwrites. */
            next = last + 8 - CCTV_RING_SIZE;
        }
    }
    return NULL;
}

START_TEST(test_readers_never_see_a_change_half_written)
{
    race_t race = { .ring = make_ring(), .last = 4 * CCTV_RING_SIZE };
    reader_t readers[READERS];
    pthread_t threads[READERS];
    int i;

    for (i = 0; i < READERS; i++) {
        readers[i] = (reader_t){ &race, i };
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, read_all, &readers[i]), 0);
    }
    add_until(&race.ring, race.last);
    for (i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(race.seen[i] > 0);
    }
    ck_assert_int_eq(race.wrong, 0);
}
END_TEST

START_TEST(test_a_writer_that_died_in_a_slot)
{
    cctv_ring_t ring = make_ring();
    cctv_record_of_change_t found;

    add_until(&ring, 5);
    /* It had begun to write change 6. */
    ring.slots[6].words[0] = 77;
    ck_assert(!cctv_ring_read(&ring, 6, &found));
    /* It had completed the slot, but not the number of the last change. */
    ring.slots[6].number = 6;
    ck_assert_uint_eq(cctv_ring_last(&ring), 5);
    add_until(&ring, 7);
    ck_assert(cctv_ring_read(&ring, 6, &found) && is_change(&found, 6));
}
END_TEST

START_TEST(test_cursors)
{
    static const cctv_cursor_t cursors[] = {
        { 1, 0, 0 },
        { 0xfedcba9876543210, 65536, 0x89abcdef },
        { UINT64_MAX, UINT64_MAX, UINT32_MAX },
    };
    char text[CCTV_CURSOR_SIZE];
    size_t i;

    for (i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        cctv_cursor_t found;

        cctv_cursor_write(&cursors[i], text);
        ck_assert_uint_eq(strspn(text, "0123456789abcdef-"), strlen(text));
        ck_assert(cctv_cursor_read(text, &found));
        ck_assert(found.epoch == cursors[i].epoch
                  && found.number == cursors[i].number
                  && found.roles == cursors[i].roles);
    }
    ck_assert_uint_eq(strlen(text), CCTV_CURSOR_SIZE - 1);
}
END_TEST

START_TEST(test_what_is_no_cursor)
{
    static const char *const texts[] = {
        "",
        "0",
        "-",
        "0123456789abcdef",
        "0123456789abcdef-",
        "0123456789abcdef-1",
        "0123456789abcdef-1-",
        "0123456789abcdef-1-0123456",
        "0123456789abcdef-1-012345678",
        "0123456789abcdef--01234567",
        "0123456789abcdef-01-01234567",
        "0123456789abcdef-00-01234567",
        "0123456789abcdef-12345678901234567-01234567",
        "0123456789ABCDEF-1-01234567",
        "0123456789abcde-1-01234567",
        "0123456789abcdef-1-01234567 ",
        " 0123456789abcdef-1-01234567",
        "0123456789abcdef-x-01234567",
        "0123456789abcdef-1-0123456g",
        "-123456789abcdef-1-01234567",
    };
    cctv_cursor_t cursor;
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_msg(!cctv_cursor_read(texts[i], &cursor), "%s", texts[i]);
    }
}
END_TEST

/* ---- Processes ---- */

static cctv_processes_t *share_processes(void)
{
    void *memory = mmap(NULL, sizeof(cctv_processes_t), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert(memory != MAP_FAILED);
    return memory;
}

START_TEST(test_streams_have_limits)
{
    cctv_processes_t *processes = share_processes();
    cctv_process_row_t *row = cctv_processes_take(processes, getpid());

    ck_assert_ptr_nonnull(row);
    ck_assert(cctv_processes_enter(processes, row, CCTV_CARRIER_SOCKET, 2, 9));
    ck_assert(cctv_processes_enter(processes, row, CCTV_CARRIER_SOCKET, 2, 9));
    ck_assert(
        !cctv_processes_enter(processes, row, CCTV_CARRIER_SOCKET, 2, 9));
    ck_assert(
        !cctv_processes_enter(processes, row, CCTV_CARRIER_SOCKET, 9, 2));
    ck_assert(cctv_processes_enter(processes, row, CCTV_CARRIER_THREAD, 1, 1));
    ck_assert_int_eq(cctv_processes_sum(processes, CCTV_CARRIER_SOCKET), 2);
    ck_assert_int_eq(cctv_processes_sum(processes, CCTV_CARRIER_THREAD), 1);
    cctv_processes_leave(row, CCTV_CARRIER_SOCKET);
    ck_assert(cctv_processes_enter(processes, row, CCTV_CARRIER_SOCKET, 2, 2));
    munmap(processes, sizeof *processes);
}
END_TEST

START_TEST(test_streams_of_dead_processes_do_not_count)
{
    cctv_processes_t *processes = share_processes();
    pid_t pid = fork();
    cctv_process_row_t *row;

    if (pid == 0) {
        row = cctv_processes_take(processes, getpid());
        _exit(cctv_processes_enter(processes, row, CCTV_CARRIER_SOCKET, 5, 5)
                  ? 0
                  : 1);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(processes->rows[0].streams[CCTV_CARRIER_SOCKET], 1);
    ck_assert_int_eq(cctv_processes_sum(processes, CCTV_CARRIER_SOCKET), 0);
    row = cctv_processes_take(processes, getpid());
    ck_assert_ptr_eq(row, &processes->rows[0]);
    ck_assert_int_eq(row->streams[CCTV_CARRIER_SOCKET], 0);
    /* A process with the number of an earlier one starts at 0. */
    row->streams[CCTV_CARRIER_SOCKET] = 7;
    ck_assert_ptr_eq(cctv_processes_take(processes, getpid()), row);
    ck_assert_int_eq(row->streams[CCTV_CARRIER_SOCKET], 0);
    munmap(processes, sizeof *processes);
}
END_TEST

START_TEST(test_there_are_only_so_many_rows)
{
    cctv_processes_t *processes = share_processes();
    int i;

    for (i = 0; i < CCTV_PROCESSES_MAX; i++) {
        processes->rows[i].pid = getpid();
    }
    ck_assert_ptr_null(cctv_processes_take(processes, getpid() + 1));
    munmap(processes, sizeof *processes);
}
END_TEST

TCase *ring_tests(void)
{
    TCase *tcase = tcase_create("ring");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_changes_are_read_as_they_were_added);
    tcase_add_test(tcase, test_old_changes_are_overwritten);
    tcase_add_test(tcase, test_each_catalogue_has_its_epoch);
    tcase_add_test(tcase, test_changes_that_never_come_start_a_new_epoch);
    tcase_add_test(tcase, test_changes_that_have_come_are_not_waited_for);
    tcase_add_test(tcase, test_a_new_client_starts_before_the_last_changes);
    tcase_add_test(tcase, test_readers_never_see_a_change_half_written);
    tcase_add_test(tcase, test_a_writer_that_died_in_a_slot);
    tcase_add_test(tcase, test_cursors);
    tcase_add_test(tcase, test_what_is_no_cursor);
    tcase_add_test(tcase, test_streams_have_limits);
    tcase_add_test(tcase, test_streams_of_dead_processes_do_not_count);
    tcase_add_test(tcase, test_there_are_only_so_many_rows);
    return tcase;
}
