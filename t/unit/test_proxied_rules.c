/* SPDX-License-Identifier: Apache-2.0 */
/* Which Janus session belongs to which view of the proxy transport. */
#include "t_common.h"
#include "t_shared.h"

#include "video/proxied_rules.h"
#include "video/token.h"

#include <string.h>

#define SECRET  "0123456789abcdef"
#define HANDLE  11
#define CAMERA  7
#define GREATER (UINT64_C(1) << 53)

static cctv_views_t shared;
static cctv_old_pins_t pins;
static cctv_proxied_rules_t rules;
static int32_t camera;

static void make(void)
{
    shared = make_shared(8, 20);
    memset(&pins, 0, sizeof pins);
    rules = (cctv_proxied_rules_t){ .views = &shared,
                                    .old_pins = &pins,
                                    .secret = SECRET };
}

/* A view of the proxy transport, and its token. */
typedef struct {
    cctv_view_t view;
    char token[CCTV_TOKEN_SIZE];
} proxied_view_t;

static proxied_view_t start(int32_t of)
{
    cctv_viewer_t viewer = viewer_of(of);
    char id[CCTV_VIEW_ID_LENGTH + 1];
    proxied_view_t made;

    viewer.transport = CCTV_TRANSPORT_PROXY;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &made.view),
                     CCTV_VIEW_STARTED);
    cctv_view_id(&made.view, id);
    ck_assert(cctv_token_make(SECRET, id, 1800000000, made.token));
    return made;
}

static cctv_proxied_verdict_t attached(const proxied_view_t *of,
                                       uint64_t janus, uint64_t handle)
{
    camera = 0;
    return cctv_proxied_attached(&rules, janus, handle, of->token,
                                 at(START + 1), &camera);
}

static cctv_proxied_verdict_t watches(uint64_t janus, int64_t mountpoint)
{
    camera = 0;
    return cctv_proxied_watches(&rules, janus, mountpoint, at(START + 2),
                                &camera);
}

/* @return the Janus session of a view; 0: the view has ended */
static uint64_t session_of(const proxied_view_t *of)
{
    cctv_view_t view;

    return cctv_view_table_get(&shared.table, of->view.index, &view)
                   && view.secret[0] == of->view.secret[0]
               ? view.janus
               : 0;
}

static bool is_discarded(uint64_t janus)
{
    uint32_t i;

    for (i = 0; i < shared.discarded.size; i++) {
        if (cctv_discard_look(&shared.discarded, i) == janus) {
            return true;
        }
    }
    return false;
}

static uint64_t denied(void)
{
    return atomic_load(&shared.head->counters.ended[CCTV_ENDED_DENIED]);
}

START_TEST(a_view_has_the_first_janus_session_with_its_token)
{
    proxied_view_t one;

    make();
    one = start(CAMERA);
    ck_assert_int_eq(attached(&one, 5, HANDLE), CCTV_PROXIED_FINE);
    ck_assert_int_eq(camera, CAMERA);
    ck_assert_uint_eq(session_of(&one), 5);
    /* The event is told again. */
    ck_assert_int_eq(attached(&one, 5, HANDLE), CCTV_PROXIED_FINE);
    ck_assert_int_eq(watches(5, CAMERA), CCTV_PROXIED_FINE);
    ck_assert_uint_eq(session_of(&one), 5);
    ck_assert(!is_discarded(5));
}
END_TEST

START_TEST(a_newer_janus_session_replaces_the_older_one)
{
    proxied_view_t one;

    make();
    one = start(CAMERA);
    attached(&one, 5, HANDLE);
    ck_assert_int_eq(attached(&one, 6, HANDLE), CCTV_PROXIED_REPLACED);
    ck_assert_uint_eq(session_of(&one), 6);
    ck_assert(is_discarded(5) && !is_discarded(6));
    /* What the older one does does not end the view. */
    ck_assert_int_eq(watches(5, CAMERA + 1), CCTV_PROXIED_NOT_OURS);
    ck_assert_uint_eq(session_of(&one), 6);
    ck_assert_int_eq(watches(6, CAMERA), CCTV_PROXIED_FINE);
}
END_TEST

START_TEST(the_token_of_a_view_that_has_ended_is_good_for_nothing)
{
    proxied_view_t one;

    make();
    one = start(CAMERA);
    ck_assert(cctv_view_end(&shared, &one.view, CCTV_ENDED_DENIED, at(START)));
    ck_assert_int_eq(attached(&one, 5, HANDLE), CCTV_PROXIED_STALE);
    ck_assert(is_discarded(5));
    one = start(CAMERA);
    ck_assert_int_eq(cctv_proxied_attached(&rules, 6, HANDLE, one.token,
                                           at(START + TIMEOUT + SECOND),
                                           &camera),
                     CCTV_PROXIED_STALE);
    ck_assert(is_discarded(6));
}
END_TEST

START_TEST(a_view_that_is_gone_gets_no_other_janus_session)
{
    proxied_view_t one;
    cctv_view_t view;

    make();
    one = start(CAMERA);
    attached(&one, 5, HANDLE);
    ck_assert(cctv_view_table_get(&shared.table, one.view.index, &view));
    cctv_view_table_lose(&shared.table, &view);
    ck_assert_int_eq(attached(&one, 6, HANDLE), CCTV_PROXIED_STALE);
    ck_assert(is_discarded(6));
}
END_TEST

START_TEST(a_second_handle_ends_the_view)
{
    proxied_view_t one;

    make();
    one = start(CAMERA);
    attached(&one, 5, HANDLE);
    ck_assert_int_eq(attached(&one, 5, HANDLE + 1), CCTV_PROXIED_SHARED);
    ck_assert_uint_eq(session_of(&one), 0);
    ck_assert(is_discarded(5));
    ck_assert_uint_eq(denied(), 1);
    ck_assert_int_eq(cctv_old_pins_take(&pins), CAMERA);
}
END_TEST

START_TEST(the_tokens_of_two_views_do_not_share_a_janus_session)
{
    proxied_view_t one;
    proxied_view_t other;

    make();
    one = start(CAMERA);
    other = start(CAMERA + 1);
    attached(&one, 5, HANDLE);
    ck_assert_int_eq(attached(&other, 5, HANDLE + 1), CCTV_PROXIED_SHARED);
    ck_assert_uint_eq(session_of(&one), 0);
    ck_assert(is_discarded(5));
    ck_assert_uint_eq(denied(), 1);
    /* The other view had no Janus session, and goes on. */
    ck_assert_int_eq(attached(&other, 6, HANDLE), CCTV_PROXIED_FINE);
    ck_assert_uint_eq(session_of(&other), 6);
}
END_TEST

START_TEST(an_id_that_janus_does_not_draw_is_destroyed)
{
    proxied_view_t one;

    make();
    one = start(CAMERA);
    ck_assert_int_eq(attached(&one, GREATER, HANDLE), CCTV_PROXIED_SHARED);
    ck_assert(is_discarded(GREATER));
    ck_assert_int_eq(attached(&one, GREATER - 1, HANDLE), CCTV_PROXIED_FINE);
    ck_assert_uint_eq(session_of(&one), GREATER - 1);
}
END_TEST

START_TEST(another_camera_ends_the_view_and_changes_both_pins)
{
    proxied_view_t one;
    proxied_view_t other;

    make();
    one = start(CAMERA);
    other = start(CAMERA + 1);
    attached(&one, 5, HANDLE);
    attached(&other, 6, HANDLE);
    ck_assert_int_eq(watches(5, CAMERA + 1), CCTV_PROXIED_OTHER);
    ck_assert_int_eq(camera, CAMERA);
    ck_assert_uint_eq(session_of(&one), 0);
    ck_assert_uint_eq(session_of(&other), 6);
    ck_assert(is_discarded(5) && !is_discarded(6));
    ck_assert_uint_eq(denied(), 1);
    ck_assert_int_eq(cctv_old_pins_take(&pins), CAMERA);
    ck_assert_int_eq(cctv_old_pins_take(&pins), CAMERA + 1);
    ck_assert_int_eq(cctv_old_pins_take(&pins), 0);
    ck_assert_int_eq(watches(6, INT64_C(1) << 40), CCTV_PROXIED_OTHER);
    ck_assert_int_eq(cctv_old_pins_take(&pins), CAMERA + 1);
    ck_assert_int_eq(cctv_old_pins_take(&pins), 0);
}
END_TEST

START_TEST(other_tokens_and_janus_sessions_are_left_alone)
{
    cctv_view_t view;
    proxied_view_t one;
    cctv_viewer_t viewer = viewer_of(CAMERA);

    make();
    one = start(CAMERA);
    one.token[strlen(one.token) - 2] ^= 1;
    ck_assert_int_eq(attached(&one, 5, HANDLE), CCTV_PROXIED_NOT_OURS);
    viewer.transport = CCTV_TRANSPORT_SERVER;
    viewer.janus = 6;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    ck_assert_int_eq(watches(6, CAMERA + 1), CCTV_PROXIED_NOT_OURS);
    ck_assert_int_eq(watches(7, CAMERA + 1), CCTV_PROXIED_NOT_OURS);
    ck_assert_int_eq(watches(0, CAMERA + 1), CCTV_PROXIED_NOT_OURS);
    ck_assert_uint_eq(*shared.discarded.next, 0);
    ck_assert_uint_eq(ended_of(&shared), 0);
}
END_TEST

START_TEST(no_media_flow_until_the_newer_janus_session_plays)
{
    proxied_view_t one;
    cctv_view_t view;

    make();
    one = start(CAMERA);
    attached(&one, 5, HANDLE);
    ck_assert(cctv_view_table_get(&shared.table, one.view.index, &view));
    ck_assert(cctv_view_flow(&shared, &view, CCTV_FLOW_ON, at(START)));
    attached(&one, 6, HANDLE + 1);
    ck_assert(cctv_view_table_get(&shared.table, one.view.index, &view));
    ck_assert_int_eq(view.flow, CCTV_FLOW_QUIET);
    ck_assert_uint_eq(view.handle, HANDLE + 1);
}
END_TEST

TCase *proxied_rules_tests(void)
{
    TCase *tc = tcase_create("proxied_rules");

    tcase_add_test(tc, a_view_has_the_first_janus_session_with_its_token);
    tcase_add_test(tc, a_newer_janus_session_replaces_the_older_one);
    tcase_add_test(tc, the_token_of_a_view_that_has_ended_is_good_for_nothing);
    tcase_add_test(tc, a_view_that_is_gone_gets_no_other_janus_session);
    tcase_add_test(tc, a_second_handle_ends_the_view);
    tcase_add_test(tc, the_tokens_of_two_views_do_not_share_a_janus_session);
    tcase_add_test(tc, an_id_that_janus_does_not_draw_is_destroyed);
    tcase_add_test(tc, another_camera_ends_the_view_and_changes_both_pins);
    tcase_add_test(tc, other_tokens_and_janus_sessions_are_left_alone);
    tcase_add_test(tc, no_media_flow_until_the_newer_janus_session_plays);
    return tc;
}
