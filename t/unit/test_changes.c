/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file test_changes.c
 * @brief Tests of what clients are told about changes: random cameras change,
 *        and random clients follow them.
 */
#include "t_common.h"

#include "catalogue/build.h"
#include "catalogue/status.h"
#include "push/answer.h"
#include "push/follower.h"
#include "push/publish.h"

#include "apr_strings.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CAMERAS 60 /* ids 1 to CAMERAS */
#define CLIENTS 40
#define ROUNDS  150
#define ROLES   4
#define SECOND  INT64_C(1000000)

static const char *const roles[ROLES] = { "public", "police", "R&D",
                                          "traffic" };

typedef struct {
    bool exists;
    int lng;
    int lat;
    int role;
    int status;
    int name;
} model_t;

static model_t model[CAMERAS + 1];
static cctv_segment_t segment;
static cctv_push_t push;
static cctv_catalogue_t *now;
static cctv_time_t clock_now;

static apr_status_t free_memory(void *memory)
{
    free(memory);
    return APR_SUCCESS;
}

static void make_push(void)
{
    void *memory;

    memset(model, 0, sizeof model);
    now = NULL;
    clock_now = 1000 * SECOND;
    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_push_region, 0);
    memory = aligned_alloc(64, cctv_segment_size(&segment));
    memset(memory, 0, cctv_segment_size(&segment));
    apr_pool_cleanup_register(pool, memory, free_memory,
                              apr_pool_cleanup_null);
    ck_assert(cctv_segment_init(&segment, memory, 1));
    cctv_push_open(&push, &segment);
}

static cctv_text_t text_of(const char *text)
{
    return (cctv_text_t){ text, strlen(text) };
}

static void add_camera(cctv_build_t *build, int id)
{
    const model_t *from = &model[id];
    cctv_camera_t camera = {
        .id = text_of(apr_itoa(pool, id)),
        .lng = text_of(apr_itoa(pool, from->lng)),
        .lat = text_of(apr_itoa(pool, from->lat)),
        .name = text_of(apr_psprintf(pool, "Camera %d", from->name)),
        .role = text_of(roles[from->role]),
        .status = text_of(cctv_camera_status_labels[from->status]),
        .codec = text_of("H.264"),
    };

    cctv_build_add(build, &camera);
}

static apr_status_t unmap(void *mapped)
{
    const cctv_catalogue_t *catalogue = mapped;

    free(catalogue->status_head);
    munmap((void *)(uintptr_t)catalogue->head, catalogue->head->size);
    return APR_SUCCESS;
}

/* A catalogue of the model. */
static cctv_catalogue_t *make_catalogue(void)
{
    cctv_catalogue_t *out = apr_pcalloc(pool, sizeof *out);
    cctv_build_about_t about = { .database = 1, .built = 1, .position = "" };
    cctv_build_t *build;
    void *memory;
    off_t size;
    int id;
    int fd = memfd_create("catalogue", 0);

    build = cctv_build_begin(fd);
    for (id = 1; id <= CAMERAS; id++) {
        if (model[id].exists) {
            add_camera(build, id);
        }
    }
    ck_assert_int_eq(cctv_build_end(build, &about), APR_SUCCESS);
    size = lseek(fd, 0, SEEK_END);
    memory = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    ck_assert_ptr_null(cctv_catalogue_open(memory, (size_t)size, out));
    cctv_statuses_init(
        out, aligned_alloc(64, (cctv_statuses_size(out) + 63) / 64 * 64));
    apr_pool_cleanup_register(pool, out, unmap, apr_pool_cleanup_null);
    return out;
}

/* Publish the model. @param ids  NULL: compare all */
static void publish(const int *ids, int count)
{
    cctv_catalogue_t *next = make_catalogue();

    next->which = 2;
    next->number = now == NULL ? 1 : now->number + 1;
    cctv_publish_generation(&push, now, next, ids, count, clock_now);
    now = next;
}

/* ---- Clients ---- */

typedef struct {
    cctv_filter_t filter;
    cctv_interest_t *interest;
    uint32_t roles;
    cctv_cursor_t cursor;
    bool is_follower;
    cctv_follower_t follower;
    json_t *view[CAMERAS + 1];  /* what it has: features */
    bool has_seen[CAMERAS + 1]; /* whether it could ever see it */
    bool was_reset;
} client_t;

static client_t clients[CLIENTS];

static int pick(int count)
{
    return rand() % count;
}

static bool model_has(const client_t *client, int id)
{
    const model_t *camera = &model[id];
    const cctv_spot_t place = {
        .role = cctv_interest_role(&segment, roles[camera->role],
                                   strlen(roles[camera->role])),
        .lng = camera->lng,
        .lat = camera->lat,
        .status = (uint8_t)camera->status,
    };

    return camera->exists && cctv_interest_has(client->interest, &place);
}

static void note_seen(void)
{
    int i;
    int id;

    for (i = 0; i < CLIENTS; i++) {
        for (id = 1; id <= CAMERAS; id++) {
            clients[i].has_seen[id] |= model_has(&clients[i], id);
        }
    }
}

static void forget(client_t *client)
{
    int id;

    for (id = 1; id <= CAMERAS; id++) {
        json_decref(client->view[id]);
        client->view[id] = NULL;
    }
}

/* A list, as the API answers it. */
static void load_list(client_t *client)
{
    char text[4096];
    int i;

    forget(client);
    for (i = 0; i < now->count; i++) {
        if (model_has(client, cctv_catalogue_id(now, i))) {
            const char *end = cctv_catalogue_put_feature(now, i, text, NULL);

            client->view[cctv_catalogue_id(now, i)] = json_loadb(
                text, (size_t)(end - text), 0, NULL);
        }
    }
}

static void apply_changed(client_t *client, const json_t *changed)
{
    const json_t *feature;
    size_t i;

    json_array_foreach(changed, i, feature)
    {
        int id = (int)json_integer_value(json_object_get(feature, "id"));

        ck_assert_msg(client->has_seen[id], "camera %d is not for it", id);
        json_decref(client->view[id]);
        client->view[id] = json_incref((json_t *)(uintptr_t)feature);
    }
}

static void apply_gone(client_t *client, const json_t *gone)
{
    const json_t *each;
    size_t i;

    json_array_foreach(gone, i, each)
    {
        int id = (int)json_integer_value(each);

        ck_assert_msg(client->has_seen[id], "camera %d is not for it", id);
        json_decref(client->view[id]);
        client->view[id] = NULL;
    }
}

static void apply_status(client_t *client, json_t *status)
{
    const char *label;
    const json_t *ids;
    const json_t *each;
    size_t i;

    json_object_foreach(status, label, ids)
    {
        json_array_foreach(ids, i, each)
        {
            int id = (int)json_integer_value(each);

            ck_assert_msg(client->has_seen[id], "camera %d is not for it", id);
            ck_assert_msg(client->view[id] != NULL, "camera %d is new", id);
            json_object_set_new(
                json_object_get(client->view[id], "properties"), "status",
                json_string(label));
        }
    }
}

static void apply(client_t *client, const char *text, size_t length)
{
    json_t *answer = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);

    ck_assert_ptr_nonnull(answer);
    ck_assert(
        cctv_cursor_read(json_string_value(json_object_get(answer, "cursor")),
                         &client->cursor));
    apply_changed(client, json_object_get(answer, "changed"));
    apply_gone(client, json_object_get(answer, "gone"));
    apply_status(client, json_object_get(answer, "status"));
    json_decref(answer);
}

/* As a request of GET /api/changes. @return false: the cursor is too old */
static bool poll_changes(client_t *client)
{
    static cctv_batch_t batch;
    cctv_json_t json;

    do {
        if (!cctv_batch_read(&push, now, client->cursor.number, &batch)
            || batch.epoch != client->cursor.epoch) {
            return false;
        }
        client->cursor.number = batch.until;
        if (cctv_answer_is_due(&batch, client->interest)) {
            cctv_json_init(&json, 64);
            cctv_answer_write(&batch, client->interest, &client->cursor,
                              batch.has_more, &json);
            apply(client, json.data, json.len);
            cctv_json_free(&json);
        }
    } while (batch.has_more);
    return true;
}

/* Read events as a browser does. */
static void read_events(client_t *client, char *text)
{
    char *rest = NULL;
    char *line;
    bool is_reset = false;

    for (line = apr_strtok(text, "\n", &rest); line != NULL;
         line = apr_strtok(NULL, "\n", &rest)) {
        if (strcmp(line, "event: reset") == 0) {
            is_reset = true;
        }
        if (strncmp(line, "data: ", 6) == 0 && is_reset) {
            client->was_reset = true;
            load_list(client);
            is_reset = false;
        }
        else if (strncmp(line, "data: ", 6) == 0) {
            apply(client, line + 6, strlen(line + 6));
        }
    }
}

static void follow(client_t *client)
{
    static cctv_batch_t batch;
    cctv_json_t json;

    cctv_json_init(&json, 64);
    batch.catalogue = NULL;
    cctv_follower_write(&push, now, &client->follower, &batch, clock_now,
                        &json);
    cctv_json_raw(&json, "", 1);
    read_events(client, json.data);
    cctv_json_free(&json);
}

static void bring_up_to_date(client_t *client)
{
    if (client->is_follower) {
        follow(client);
    }
    else if (!poll_changes(client)) {
        client->was_reset = true;
        client->cursor.epoch = cctv_ring_epoch(&push.ring, now->which);
        client->cursor.number = cctv_batch_start(&push, now, clock_now);
        load_list(client);
    }
}

static void make_client(client_t *client)
{
    char args[200];
    const char *why;
    const char *after;
    int role = pick(ROLES + 1);
    int west = pick(20) - 10;

    memset(client, 0, sizeof *client);
    apr_snprintf(
        args, sizeof args, "%s%s%s%s",
        pick(3) == 0 ? ""
                     : apr_psprintf(pool, "bbox=%d,%d,%d,%d", west, -pick(10),
                                    pick(20) - 10, pick(10)),
        pick(3) == 0 ? "&status=online" : "", role == ROLES ? "" : "&role=",
        role == ROLES ? ""
        : role == 2   ? "R%26D,public"
                      : roles[role]);
    ck_assert_int_eq(
        cctv_interest_parse(pool, args, &after, &client->filter, &why),
        APR_SUCCESS);
    client->interest = apr_palloc(pool, cctv_interest_size(&client->filter));
    cctv_interest_init(&segment, &client->filter, client->interest);
    client->is_follower = pick(2) == 0;
}

static void start_client(client_t *client)
{
    cctv_json_t json;

    client->cursor.epoch = cctv_ring_epoch(&push.ring, now->which);
    client->cursor.number = cctv_batch_start(&push, now, clock_now);
    client->follower = (cctv_follower_t){ .interest = client->interest };
    cctv_json_init(&json, 64);
    cctv_follower_begin(&push, now, &client->follower, 0, NULL, clock_now,
                        &json);
    cctv_json_free(&json);
    load_list(client);
}

static void compare_views(const client_t *client)
{
    char text[4096];
    int id;

    for (id = 1; id <= CAMERAS; id++) {
        json_t *wanted;

        ck_assert_msg((client->view[id] != NULL) == model_has(client, id),
                      "camera %d", id);
        if (client->view[id] != NULL) {
            const char *end = cctv_catalogue_put_feature(
                now, cctv_catalogue_find(now, id), text, NULL);

            wanted = json_loadb(text, (size_t)(end - text), 0, NULL);
            ck_assert_msg(json_equal(wanted, client->view[id]), "camera %d",
                          id);
            json_decref(wanted);
        }
    }
}

/* ---- Changes ---- */

static void change_camera(int id)
{
    model_t *camera = &model[id];

    switch (pick(6)) {
    case 0:
        camera->exists = !camera->exists;
        break;
    case 1:
        camera->role = pick(ROLES);
        break;
    case 2:
        camera->lng = pick(24) - 12;
        break;
    case 3:
        camera->lat = pick(24) - 12;
        break;
    case 4:
        camera->status = pick(CCTV_CAMERA_STATUS_COUNT);
        break;
    default:
        camera->name++;
        break;
    }
}

static void change_some(void)
{
    int ids[8];
    int count = pick(8);
    int i;

    for (i = 0; i < count; i++) {
        ids[i] = 1 + pick(CAMERAS);
        change_camera(ids[i]);
    }
    publish(pick(2) == 0 ? ids : NULL, count);
    note_seen();
}

static void change_status(void)
{
    int index = now->count == 0 ? -1 : pick(now->count);
    int id;
    cctv_camera_status_t before;

    if (index < 0) {
        return;
    }
    id = cctv_catalogue_id(now, index);
    model[id].status = pick(CCTV_CAMERA_STATUS_COUNT);
    note_seen();
    before = cctv_statuses_set(now, index,
                               (cctv_camera_state_t){
                                   (cctv_camera_status_t)model[id].status, 0 })
                 .status;
    cctv_publish_status(&push, now, index, before, clock_now);
}

START_TEST(test_clients_know_what_the_list_has)
{
    int round;
    int i;

    srand((unsigned)_i);
    make_push();
    for (i = 1; i <= CAMERAS; i++) {
        model[i].exists = pick(2) == 0;
        change_camera(i);
    }
    publish(NULL, 0);
    for (i = 0; i < CLIENTS; i++) {
        make_client(&clients[i]);
    }
    note_seen();
    for (i = 0; i < CLIENTS; i++) {
        start_client(&clients[i]);
    }
    for (round = 0; round < ROUNDS; round++) {
        clock_now += SECOND / 4;
        if (pick(3) == 0) {
            change_status();
        }
        else {
            change_some();
        }
        for (i = 0; i < CLIENTS; i++) {
            if (pick(4) == 0) {
                bring_up_to_date(&clients[i]);
            }
            else if (pick(40) == 0) {
                /* Its list is newer than its cursor then. */
                load_list(&clients[i]);
            }
        }
    }
    for (i = 0; i < CLIENTS; i++) {
        bring_up_to_date(&clients[i]);
        ck_assert(!clients[i].was_reset);
        compare_views(&clients[i]);
        forget(&clients[i]);
    }
}
END_TEST

/* ---- Single steps ---- */

static client_t *client_of(const char *args)
{
    client_t *client = &clients[0];
    const char *after;
    const char *why;

    memset(client, 0, sizeof *client);
    ck_assert_int_eq(
        cctv_interest_parse(pool, args, &after, &client->filter, &why),
        APR_SUCCESS);
    client->interest = apr_palloc(pool, cctv_interest_size(&client->filter));
    cctv_interest_init(&segment, &client->filter, client->interest);
    client->cursor.epoch = cctv_ring_epoch(&push.ring, 2);
    client->cursor.number = cctv_ring_last(&push.ring);
    return client;
}

/* Two cameras: 1 is public at 1 1 and online, 2 is of the police at 2 2. */
static void make_two(void)
{
    make_push();
    model[1] = (model_t){ true, 1, 1, 0, CCTV_CAMERA_ONLINE, 1 };
    model[2] = (model_t){ true, 2, 2, 1, CCTV_CAMERA_OFFLINE, 2 };
    publish(NULL, 0);
}

/* What the client is told since its cursor; NULL: nothing. */
static const char *told(client_t *client)
{
    static cctv_batch_t batch;
    cctv_json_t json;
    const char *text;

    ck_assert(cctv_batch_read(&push, now, client->cursor.number, &batch));
    if (!cctv_answer_is_due(&batch, client->interest)) {
        return NULL;
    }
    cctv_json_init(&json, 64);
    cctv_answer_write(&batch, client->interest, &client->cursor, false, &json);
    text = apr_pstrmemdup(pool, json.data, json.len);
    cctv_json_free(&json);
    return strchr(text, ',') + 1;
}

#define NOTHING_CHANGED "\"changed\":[]"

START_TEST(test_a_role_that_changes)
{
    client_t *public;

    make_two();
    public = client_of("role=public");
    model[1].role = 1;
    publish(NULL, 0);
    ck_assert_str_eq(told(public),
                     NOTHING_CHANGED ",\"gone\":[1],\"status\":{}}");
    /* It goes on changing where the client does not see it. */
    public = client_of("role=public");
    model[1].name++;
    model[2].lng++;
    publish(NULL, 0);
    model[2].exists = false;
    publish(NULL, 0);
    ck_assert_ptr_null(told(public));
    model[1].role = 0;
    publish(NULL, 0);
    ck_assert_ptr_nonnull(strstr(told(public), "\"changed\":[{"));
    ck_assert_ptr_null(strstr(told(public), "\"id\":2"));
}
END_TEST

START_TEST(test_a_camera_that_only_passes_the_box)
{
    client_t *here;

    make_two();
    here = client_of("bbox=5,5,6,6");
    model[1].lng = 5;
    model[1].lat = 5;
    publish(NULL, 0);
    model[1].lat = 9;
    publish(NULL, 0);
    /* The client may have loaded its list in between. */
    ck_assert_str_eq(told(here),
                     NOTHING_CHANGED ",\"gone\":[1],\"status\":{}}");
}
END_TEST

START_TEST(test_a_box_across_the_antimeridian)
{
    client_t *client;

    make_two();
    client = client_of("bbox=170,-5,-170,5");
    model[1].lng = 175;
    model[2].lng = -175;
    publish(NULL, 0);
    ck_assert_ptr_nonnull(strstr(told(client), "\"id\":1,"));
    ck_assert_ptr_nonnull(strstr(told(client), "\"id\":2,"));
    client = client_of("bbox=170,-5,-170,5");
    model[1].lng = 165;
    model[2].lng = 0;
    publish(NULL, 0);
    ck_assert_str_eq(told(client),
                     NOTHING_CHANGED ",\"gone\":[1,2],\"status\":{}}");
}
END_TEST

START_TEST(test_a_new_client_is_told_the_newest_changes_again)
{
    make_two();
    clock_now += SECOND;
    model[1].name++;
    publish(NULL, 0);
    ck_assert_uint_eq(cctv_batch_start(&push, now, clock_now), 0);
    ck_assert_uint_eq(cctv_batch_start(&push, now, clock_now + SECOND), 1);
}
END_TEST

static void set_first(cctv_camera_status_t status, int64_t since)
{
    cctv_camera_state_t before = cctv_statuses_set(
        now, 0, (cctv_camera_state_t){ status, since });

    cctv_publish_status(&push, now, 0, before.status, clock_now);
}

START_TEST(test_a_status_in_place)
{
    client_t *client;

    make_two();
    client = client_of(NULL);
    set_first(CCTV_CAMERA_OFFLINE, 1764252153);
    ck_assert_str_eq(
        told(client), NOTHING_CHANGED
        ",\"gone\":[],\"status\":{\"offline\":[1]},\"status_since\":{\"1\":"
        "\"2025-11-27T14:02:33Z\"}}");
    ck_assert_ptr_null(told(client_of(NULL)));
    client = client_of("status=online");
    client->cursor.number = 0;
    ck_assert_str_eq(told(client),
                     NOTHING_CHANGED ",\"gone\":[1],\"status\":{}}");
    /* Back again: it may have been told in between that it is gone. */
    set_first(CCTV_CAMERA_ONLINE, 0);
    ck_assert_ptr_nonnull(strstr(told(client), "\"changed\":[{"));
}
END_TEST

START_TEST(test_a_generation_that_a_process_does_not_have_yet)
{
    client_t *client;
    cctv_catalogue_t *newer;
    cctv_catalogue_t *older;
    static cctv_batch_t batch;

    make_two();
    older = now;
    client = client_of(NULL);
    model[1].name++;
    publish(NULL, 0);
    newer = now;
    now = older;
    ck_assert_ptr_null(told(client));
    ck_assert(cctv_batch_read(&push, older, client->cursor.number, &batch));
    ck_assert_uint_eq(batch.until, client->cursor.number);
    now = newer;
    ck_assert_ptr_nonnull(told(client));
}
END_TEST

START_TEST(test_only_what_differs_is_added)
{
    int id;

    make_push();
    for (id = 1; id <= CAMERAS; id++) {
        model[id] = (model_t){ true, id % 7, id % 5, id % ROLES, id % 3, id };
    }
    publish(NULL, 0);
    publish(NULL, 0);
    ck_assert_uint_eq(cctv_ring_last(&push.ring), 0);
    for (id = 1; id <= CAMERAS; id += 10) {
        model[id].name++;
    }
    publish(NULL, 0);
    ck_assert_uint_eq(cctv_ring_last(&push.ring), CAMERAS / 10);
    model[7].status = (model[7].status + 1) % 3;
    model[8].lng++;
    model[9].exists = false;
    publish(NULL, 0);
    ck_assert_uint_eq(push.counters->changes[CCTV_CHANGED_STATUS], 1);
    ck_assert_uint_eq(push.counters->changes[CCTV_CHANGED_CHANGED],
                      CAMERAS / 10 + 1);
    ck_assert_uint_eq(push.counters->changes[CCTV_CHANGED_GONE], 1);
    ck_assert_uint_eq(push.counters->changes[CCTV_CHANGED_APPEARED], 0);
}
END_TEST

START_TEST(test_changes_of_another_catalogue)
{
    client_t *client;

    make_two();
    client = client_of(NULL);
    model[1].name++;
    publish(NULL, 0);
    now->which = 3;
    ck_assert_ptr_null(told(client));
}
END_TEST

START_TEST(test_an_unknown_generation_before_starts_an_epoch)
{
    uint64_t epoch;
    cctv_catalogue_t *lost;

    make_two();
    epoch = cctv_ring_epoch(&push.ring, 2);
    publish(NULL, 0);
    ck_assert(cctv_ring_epoch(&push.ring, 2) == epoch);
    /* The changes of a generation were not added. */
    lost = make_catalogue();
    lost->which = 2;
    lost->number = now->number + 1;
    now = lost;
    publish(NULL, 0);
    ck_assert(cctv_ring_epoch(&push.ring, 2) != epoch);
    epoch = cctv_ring_epoch(&push.ring, 2);
    now->number += 7;
    publish(NULL, 0);
    ck_assert(cctv_ring_epoch(&push.ring, 2) != epoch);
}
END_TEST

START_TEST(test_events)
{
    client_t *client;
    cctv_json_t json;
    static cctv_batch_t batch;
    char cursor[CCTV_CURSOR_SIZE];
    char *wanted;

    make_two();
    client = client_of(NULL);
    client->follower = (cctv_follower_t){ .interest = client->interest };
    cctv_json_init(&json, 64);
    cctv_follower_begin(&push, now, &client->follower, 9, NULL, clock_now,
                        &json);
    cctv_cursor_write(&client->follower.cursor, cursor);
    wanted = apr_psprintf(pool,
                          "retry: 2000\nid: %s\ndata: {\"cursor\":\"%s\"}\n\n",
                          cursor, cursor);
    ck_assert(json.len == strlen(wanted)
              && memcmp(json.data, wanted, json.len) == 0);
    /* Nothing for a while: a comment. */
    json.len = 0;
    ck_assert(!cctv_follower_is_due(&push, &client->follower,
                                    clock_now + 14 * SECOND));
    batch.catalogue = NULL;
    cctv_follower_write(&push, now, &client->follower, &batch,
                        clock_now + 14 * SECOND, &json);
    ck_assert_uint_eq(json.len, 0);
    ck_assert(cctv_follower_is_due(&push, &client->follower,
                                   clock_now + 15 * SECOND));
    cctv_follower_write(&push, now, &client->follower, &batch,
                        clock_now + 15 * SECOND, &json);
    ck_assert(json.len == 3 && memcmp(json.data, ":\n\n", 3) == 0);
    /* A new epoch. */
    json.len = 0;
    cctv_ring_renew(&push.ring, 2);
    batch.catalogue = NULL;
    cctv_follower_write(&push, now, &client->follower, &batch,
                        clock_now + 16 * SECOND, &json);
    cctv_json_raw(&json, "", 1);
    ck_assert_int_eq(strncmp(json.data, "event: reset\nid: ", 17), 0);
    ck_assert(client->follower.cursor.epoch == cctv_ring_epoch(&push.ring, 2));
    ck_assert_uint_eq(client->follower.cursor.roles, 9);
    cctv_json_free(&json);
}
END_TEST

START_TEST(test_other_roles_reset_a_client_that_returns)
{
    client_t *client;
    cctv_json_t json;

    make_two();
    client = client_of(NULL);
    client->follower = (cctv_follower_t){ .interest = client->interest };
    client->cursor.roles = 5;
    cctv_json_init(&json, 64);
    cctv_follower_begin(&push, now, &client->follower, 5, &client->cursor,
                        clock_now, &json);
    cctv_json_raw(&json, "", 1);
    ck_assert_str_eq(json.data, "retry: 2000\n\n");
    json.len = 0;
    cctv_follower_begin(&push, now, &client->follower, 6, &client->cursor,
                        clock_now, &json);
    cctv_json_raw(&json, "", 1);
    ck_assert_ptr_nonnull(strstr(json.data, "event: reset\n"));
    cctv_json_free(&json);
}
END_TEST

static apr_array_header_t *names(const char *list)
{
    return cctv_roles_split(pool, list);
}

START_TEST(test_the_order_of_roles_does_not_matter)
{
    uint32_t hash;

    make_push();
    hash = cctv_interest_hash_roles(&segment, names("a,b"));
    ck_assert_uint_eq(hash,
                      cctv_interest_hash_roles(&segment, names("b, a,b")));
    ck_assert_uint_ne(hash, cctv_interest_hash_roles(&segment, names("a")));
    ck_assert_uint_ne(hash, cctv_interest_hash_roles(&segment, names("")));
    ck_assert_uint_ne(cctv_interest_hash_roles(&segment, names("")),
                      cctv_interest_hash_roles(&segment, NULL));
}
END_TEST

START_TEST(test_questions)
{
    static const char *const wrong[] = {
        "q=a",       "limit=5",         "bbox=1,2,3", "status=up",
        "role=",     "after=1&after=2", "bbox=%zz",   "near=1,2",
        "role=a,,b", "bbox=1,2,3,4,5",  "offset=1",
    };
    cctv_filter_t filter;
    const char *after;
    const char *why;
    size_t i;

    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(
            cctv_interest_parse(pool, wrong[i], &after, &filter, &why)
                == APR_EINVAL,
            "%s", wrong[i]);
    }
    ck_assert_int_eq(
        cctv_interest_parse(pool,
                            "after=x%2Fy&bbox=170%2C-1,-170,1&role=R%26D,a+b&"
                            "status=offline",
                            &after, &filter, &why),
        APR_SUCCESS);
    ck_assert_str_eq(after, "x/y");
    ck_assert(filter.has_bbox && filter.bbox.west == 170);
    ck_assert_int_eq(filter.roles->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(filter.roles, 0, const char *), "R&D");
    ck_assert_str_eq(APR_ARRAY_IDX(filter.roles, 1, const char *), "a b");
    ck_assert_str_eq(filter.status, "offline");
}
END_TEST

TCase *changes_tests(void)
{
    TCase *tcase = tcase_create("changes");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_clients_know_what_the_list_has, 0, 5);
    tcase_add_test(tcase, test_a_role_that_changes);
    tcase_add_test(tcase, test_a_camera_that_only_passes_the_box);
    tcase_add_test(tcase, test_a_box_across_the_antimeridian);
    tcase_add_test(tcase, test_a_new_client_is_told_the_newest_changes_again);
    tcase_add_test(tcase, test_a_status_in_place);
    tcase_add_test(tcase, test_a_generation_that_a_process_does_not_have_yet);
    tcase_add_test(tcase, test_only_what_differs_is_added);
    tcase_add_test(tcase, test_changes_of_another_catalogue);
    tcase_add_test(tcase, test_an_unknown_generation_before_starts_an_epoch);
    tcase_add_test(tcase, test_events);
    tcase_add_test(tcase, test_other_roles_reset_a_client_that_returns);
    tcase_add_test(tcase, test_the_order_of_roles_does_not_matter);
    tcase_add_test(tcase, test_questions);
    return tcase;
}
