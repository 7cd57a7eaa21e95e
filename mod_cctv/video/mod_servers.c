/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_servers.c
 * @brief The Janus servers of the configuration, and the choice of one for a
 *        new view.
 * Layer: httpd.
 */
#include "video/mod_servers.h"

#include "video/choice.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "video/mod_server_lines.h"
#include "views/mod_part.h"

#include "ap_mpm.h"
#include "apr_strings.h"

/* Janus needs some milliseconds for a viewer. If it needs longer than this, it
 * counts as slow and fewer threads may wait for it: µs. */
#define SLOW 150000

/* ---- The configuration ---- */

/* The line of a server. CCTVJanusURL is one as well. */
static cctv_server_line_t line_of(const cctv_video_settings_t *settings, int i)
{
    cctv_server_line_t line = { .name = "",
                                .url = settings->janus_url,
                                .admin_url = settings->admin_url,
                                .weight = 1 };

    if (settings->servers != NULL) {
        line = APR_ARRAY_IDX(settings->servers, i, cctv_server_line_t);
    }
    if (line.secret == NULL) {
        line.secret = settings->secret;
    }
    return line;
}

static int count_of(const cctv_video_settings_t *settings)
{
    if (settings->servers != NULL) {
        return settings->servers->nelts;
    }
    return settings->janus_url != NULL;
}

void cctv_servers_claim(const cctv_video_settings_t *settings)
{
    uint16_t keys[CCTV_JANUS_MAX];
    int count = count_of(settings);
    int i;

    for (i = 0; i < count; i++) {
        keys[i] = line_of(settings, i).key;
    }
    cctv_janus_regions_claim(cctv_video_memory()->servers, keys, count);
}

static cctv_server_words_t words_of(apr_pool_t *pool,
                                    const cctv_server_line_t *line)
{
    if (line->name[0] == '\0') {
        return (cctv_server_words_t){
            .title = "Janus",
            .url = "CCTVJanusURL",
            .admin = "CCTVJanusAdminURL",
            .secret = "the secret of CCTVJanusSecretFile"
        };
    }
    return (cctv_server_words_t){
        .title = apr_psprintf(pool, "Janus %s", line->name),
        .url = apr_psprintf(pool, "url= of CCTVJanus %s", line->name),
        .admin = apr_psprintf(pool, "admin= of CCTVJanus %s", line->name),
        .secret = apr_psprintf(pool, "the secret of CCTVJanus %s", line->name)
    };
}

/* Of all threads, at most a quarter calls Janus, an eighth waits while Janus is
 * slow, a quarter connects to cameras, and a quarter follows these attempts. So
 * at least an eighth is left for all other requests. Several servers share
 * them. */
static bool set_up_gate(cctv_janus_server_t *server, int count)
{
    int places = cctv_video_places();
    int share = (places + count - 1) / count;
    int waiting = places < 2 ? 0 : ((places + 1) / 2 + count - 1) / count;

    return cctv_gate_init(&server->gate, share, CCTV_GATE_ANY, waiting, SLOW)
           == 0;
}

static void set_up_server(apr_pool_t *pool,
                          const cctv_video_settings_t *settings,
                          const cctv_server_line_t *line,
                          cctv_janus_server_t *server)
{
    cctv_video_memory_t *memory = cctv_video_memory();
    cctv_janus_place_t place = { .url = line->url,
                                 .admin_url = line->admin_url,
                                 .secret = line->secret,
                                 .counters = &memory->counters };

    server->name = line->name;
    server->key = line->key;
    server->weight = line->weight;
    server->max = line->max;
    server->is_draining = line->is_draining;
    server->words = words_of(pool, line);
    server->place = cctv_janus_regions_find(memory->servers, line->key);
    if (server->place < 0) {
        /* A newer configuration, which this process will not see, is without
         * it. */
        server->place = 0;
    }
    server->region = &memory->servers[server->place];
    server->discarded = &cctv_views()->discarded;
    server->failures = &memory->failures;
    server->pulls = settings->servers == NULL ? NULL : &memory->pulls;
    place.tally = &server->region->tally;
    server->client = cctv_janus_create(pool, &place);
    server->keeper_client = cctv_janus_create(pool, &place);
    server->has_admin = line->admin_url != NULL;
    server->idle_timeout = settings->idle_timeout;
    server->rules = (cctv_mountpoint_rules_t){
        .secret = line->secret,
        .cold_seconds = (int)((settings->cold_timeout + 999999) / 1000000),
        .is_pinned = settings->is_proxied != 0,
    };
}

bool cctv_servers_set_up(apr_pool_t *pchild,
                         const cctv_video_settings_t *settings,
                         cctv_servers_t *servers)
{
    int i;

    servers->count = count_of(settings);
    servers->at = apr_pcalloc(pchild,
                              (size_t)servers->count * sizeof servers->at[0]);
    for (i = 0; i < servers->count; i++) {
        cctv_server_line_t line = line_of(settings, i);

        set_up_server(pchild, settings, &line, &servers->at[i]);
        if (!set_up_gate(&servers->at[i], servers->count)) {
            return false;
        }
    }
    return true;
}

/* ---- The choice ---- */

cctv_janus_server_t *cctv_servers_find(const cctv_servers_t *servers,
                                       uint16_t key)
{
    int i;

    for (i = 0; i < servers->count; i++) {
        if (servers->at[i].key == key) {
            return &servers->at[i];
        }
    }
    return NULL;
}

/* Whether a server may be chosen for a new view. One that could not connect to
 * the camera, which another one receives, is not asked to connect again. */
static bool is_open(const cctv_janus_server_t *server, int32_t stream,
                    bool is_connected)
{
    return !cctv_janus_region_is_down(server->region)
           && (is_connected
               || !cctv_unreached_has(&cctv_video_memory()->unreached, stream,
                                      server->place, cctv_now()));
}

/* @return the number of servers that may be chosen */
static int list_choices(const cctv_servers_t *servers, int32_t stream,
                        uint32_t tried, bool with_all, cctv_choice_t *choices)
{
    uint32_t connected = cctv_pulls_find(&cctv_video_memory()->pulls, stream);
    int open = 0;
    int i;

    for (i = 0; i < servers->count; i++) {
        const cctv_janus_server_t *server = &servers->at[i];
        bool is_connected = (connected >> server->place & 1) != 0;

        choices[i] = (cctv_choice_t){
            .key = server->key,
            .weight = server->weight,
            .load = cctv_janus_region_load(server->region),
            .max = server->max,
            .is_open = !server->is_draining && (tried >> i & 1) == 0
                       && (with_all || is_open(server, stream, is_connected)),
            .is_connected = is_connected
        };
        open += choices[i].is_open;
    }
    return open;
}

/* The new view counts with the server's from now on. */
static cctv_janus_server_t *begin(const cctv_servers_t *servers, int chosen,
                                  uint32_t *tried)
{
    cctv_janus_server_t *server = &servers->at[chosen];

    *tried |= UINT32_C(1) << chosen;
    atomic_fetch_add(&server->region->begun, 1);
    return server;
}

cctv_server_chosen_t cctv_servers_choose(const cctv_servers_t *servers,
                                         int32_t stream, uint32_t *tried,
                                         cctv_janus_server_t **server)
{
    cctv_choice_t choices[CCTV_JANUS_MAX];
    int chosen = 0;

    if (servers->at[0].pulls != NULL) {
        if (list_choices(servers, stream, *tried, false, choices) == 0
            && list_choices(servers, stream, *tried, true, choices) == 0) {
            return CCTV_SERVERS_DRAINING;
        }
        chosen = cctv_choose(choices, servers->count, stream);
        if (chosen < 0) {
            return CCTV_SERVERS_FULL;
        }
    }
    else if (*tried != 0) {
        return CCTV_SERVERS_DRAINING;
    }
    *server = begin(servers, chosen, tried);
    return CCTV_SERVER_CHOSEN;
}

/* @return the index of a server that receives the camera; negative: none has
 *         room */
static int choose_receiving(const cctv_servers_t *servers, int32_t stream,
                            uint32_t tried)
{
    cctv_choice_t choices[CCTV_JANUS_MAX];

    if (servers->at[0].pulls == NULL) {
        return -1;
    }
    list_choices(servers, stream, tried, false, choices);
    return cctv_choose_connected(choices, servers->count);
}

bool cctv_servers_choose_receiving(const cctv_servers_t *servers,
                                   int32_t stream, uint32_t *tried,
                                   cctv_janus_server_t **server)
{
    int chosen = choose_receiving(servers, stream, *tried);

    if (chosen >= 0) {
        *server = begin(servers, chosen, tried);
    }
    return chosen >= 0;
}

bool cctv_servers_have_receiving(const cctv_servers_t *servers, int32_t stream,
                                 uint32_t tried)
{
    return choose_receiving(servers, stream, tried) >= 0;
}

bool cctv_servers_have_pull(const cctv_servers_t *servers, int32_t stream,
                            const cctv_janus_server_t *but)
{
    uint32_t connected = cctv_pulls_find(&cctv_video_memory()->pulls, stream);
    int i;

    for (i = 0; but->pulls != NULL && i < servers->count; i++) {
        const cctv_janus_server_t *server = &servers->at[i];

        if (server != but && (connected >> server->place & 1) != 0
            && !cctv_janus_region_is_down(server->region)) {
            return true;
        }
    }
    return false;
}

bool cctv_servers_have_other(const cctv_servers_t *servers, uint32_t tried)
{
    int i;

    for (i = 0; i < servers->count; i++) {
        if ((tried >> i & 1) == 0 && !servers->at[i].is_draining
            && !cctv_janus_region_is_down(servers->at[i].region)) {
            return true;
        }
    }
    return false;
}
