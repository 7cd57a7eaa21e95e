/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file main.c
 * @brief Runs the unit tests of the pure code, without linking httpd.
 */
#include "t_common.h"

#include "apr_general.h"

#include <stdlib.h>

apr_pool_t *pool;

static void make_pool(void)
{
    apr_pool_create(&pool, NULL);
}

static void destroy_pool(void)
{
    apr_pool_destroy(pool);
}

typedef TCase *(*cases_t)(void);

int main(void)
{
    /* One on each line, however many there are. */
    /* clang-format off */
    static const cases_t files[] = { csp_tests,
                                     role_variables_tests,
                                     accept_tests,
                                     agent_tests,
                                     agent_memo_tests,
                                     viewer_counts_tests,
                                     sees_tests,
                                     still_cache_tests,
                                     still_hosts_tests,
                                     bbox_tests,
                                     breaker_tests,
                                     buffers_tests,
                                     config_tests,
                                     counters_tests,
                                     country_tests,
                                     damage_tests,
                                     denials_tests,
                                     discard_tests,
                                     etag_tests,
                                     event_logs_tests,
                                     view_events_tests,
                                     exposition_tests,
                                     extent_tests,
                                     failures_tests,
                                     filter_tests,
                                     find_tests,
                                     freshness_tests,
                                     gate_tests,
                                     geoip_database_tests,
                                     geojson_tests,
                                     groups_tests,
                                     host_tests,
                                     janus_tests,
                                     load_tests,
                                     logins_tests,
                                     view_media_tests,
                                     mountpoint_tests,
                                     mountpoint_end_tests,
                                     number_tests,
                                     origin_tests,
                                     output_tests,
                                     places_tests,
                                     quality_tests,
                                     plan_tests,
                                     plain_tests,
                                     query_tests,
                                     process_tests,
                                     reader_tests,
                                     secret_tests,
                                     segment_tests,
                                     segments_tests,
                                     series_tests,
                                     view_table_tests,
                                     since_tests,
                                     single_tests,
                                     state_tests,
                                     statements_tests,
                                     stream_url_tests,
                                     stress_tests,
                                     token_tests,
                                     turn_tests,
                                     video_views_tests,
                                     views_tests,
                                     words_tests,
                                     writer_tests,
                                     sdp_answer_tests,
                                     sdp_offer_tests,
                                     camera_sdp_tests,
                                     view_id_tests,
                                     view_places_tests,
                                     walk_tests,
                                     attempt_tests,
                                     cancel_tests,
                                     connections_tests,
                                     shortage_tests,
                                     thread_tests,
                                     view_index_tests,
                                     events_tests,
                                     feedback_tests,
                                     picture_tests,
                                     player_tests,
                                     old_pins_tests,
                                     proxied_rules_tests,
                                     streams_tests,
                                     catalogue_tests,
                                     cells_tests,
                                     tiles_tests,
                                     sender_tests,
                                     login_fill_tests,
                                     told_tests,
                                     apply_tests,
                                     datetime_tests,
                                     journal_tests,
                                     changes_tests,
                                     janus_servers_tests,
                                     choice_tests,
                                     fan_out_tests,
                                     unreached_tests,
                                     view_beats_tests,
                                     ring_tests,
                                     socket_tests };
    /* clang-format on */
    Suite *suite = suite_create("mod_cctv");
    SRunner *runner;
    size_t i;
    int failed;

    apr_initialize();
    for (i = 0; i < sizeof files / sizeof files[0]; i++) {
        TCase *tcase = files[i]();

        tcase_add_checked_fixture(tcase, make_pool, destroy_pool);
        suite_add_tcase(suite, tcase);
    }
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    apr_terminate();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
