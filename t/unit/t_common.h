/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_common.h
 * @brief Shared by all unit tests: a pool for each test, the list of cases.
 */
#ifndef T_COMMON_H
#define T_COMMON_H

#include "apr_pools.h"

#include <check.h>
#include <sys/types.h>

/** Created before each test and destroyed after it. */
extern apr_pool_t *pool;

/** Assert that fork() succeeded, in the parent only: the messages of Check's
 *  macros go to a file that both processes share, and that of a child which is
 *  killed may be cut off. */
static inline void assert_forked(pid_t pid)
{
    if (pid != 0) {
        ck_assert_int_gt(pid, 0);
    }
}

/* One test case for each file; main.c runs them all. */
TCase *accept_tests(void);
TCase *agent_tests(void);
TCase *agent_memo_tests(void);
TCase *apply_tests(void);
TCase *viewer_counts_tests(void);
TCase *attempt_tests(void);
TCase *cancel_tests(void);
TCase *connections_tests(void);
TCase *shortage_tests(void);
TCase *told_tests(void);
TCase *thread_tests(void);
TCase *csp_tests(void);
TCase *role_variables_tests(void);
TCase *sees_tests(void);
TCase *still_cache_tests(void);
TCase *still_hosts_tests(void);
TCase *bbox_tests(void);
TCase *breaker_tests(void);
TCase *buffers_tests(void);
TCase *catalogue_tests(void);
TCase *cells_tests(void);
TCase *changes_tests(void);
TCase *choice_tests(void);
TCase *fan_out_tests(void);
TCase *unreached_tests(void);
TCase *view_beats_tests(void);
TCase *config_tests(void);
TCase *counters_tests(void);
TCase *country_tests(void);
TCase *damage_tests(void);
TCase *denials_tests(void);
TCase *discard_tests(void);
TCase *etag_tests(void);
TCase *exposition_tests(void);
TCase *event_logs_tests(void);
TCase *events_tests(void);
TCase *extent_tests(void);
TCase *failures_tests(void);
TCase *feedback_tests(void);
TCase *picture_tests(void);
TCase *login_fill_tests(void);
TCase *filter_tests(void);
TCase *find_tests(void);
TCase *freshness_tests(void);
TCase *gate_tests(void);
TCase *geoip_database_tests(void);
TCase *geojson_tests(void);
TCase *groups_tests(void);
TCase *host_tests(void);
TCase *journal_tests(void);
TCase *janus_servers_tests(void);
TCase *janus_tests(void);
TCase *load_tests(void);
TCase *logins_tests(void);
TCase *mountpoint_end_tests(void);
TCase *mountpoint_tests(void);
TCase *number_tests(void);
TCase *origin_tests(void);
TCase *output_tests(void);
TCase *places_tests(void);
TCase *plain_tests(void);
TCase *plan_tests(void);
TCase *old_pins_tests(void);
TCase *process_tests(void);
TCase *proxied_rules_tests(void);
TCase *player_tests(void);
TCase *quality_tests(void);
TCase *query_tests(void);
TCase *reader_tests(void);
TCase *sdp_answer_tests(void);
TCase *sdp_offer_tests(void);
TCase *camera_sdp_tests(void);
TCase *ring_tests(void);
TCase *secret_tests(void);
TCase *segment_tests(void);
TCase *segments_tests(void);
TCase *sender_tests(void);
TCase *series_tests(void);
TCase *since_tests(void);
TCase *single_tests(void);
TCase *socket_tests(void);
TCase *datetime_tests(void);
TCase *stream_url_tests(void);
TCase *state_tests(void);
TCase *statements_tests(void);
TCase *streams_tests(void);
TCase *stress_tests(void);
TCase *tiles_tests(void);
TCase *token_tests(void);
TCase *turn_tests(void);
TCase *video_views_tests(void);
TCase *view_events_tests(void);
TCase *view_id_tests(void);
TCase *view_index_tests(void);
TCase *view_media_tests(void);
TCase *view_places_tests(void);
TCase *view_table_tests(void);
TCase *views_tests(void);
TCase *walk_tests(void);
TCase *words_tests(void);
TCase *writer_tests(void);

#endif
