/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file choice.c
 * @brief Chooses the Janus server of a new view.
 * Layer: pure.
 */
#include "video/choice.h"

/* A server has room while it has less views than this many percent of its
 * share: if it is connected to the camera, and if it is not. */
#define BOUND     125
#define NEW_BOUND 105

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* The first server in the order of a camera is the one with the highest score.
 * A server draws as often as its weight says, so its chance is proportional to
 * its weight. */
static uint64_t score_of(const cctv_choice_t *server, int32_t camera)
{
    uint64_t pair = mix((uint64_t)(uint32_t)camera << 16 | server->key);
    uint64_t best = 0;
    unsigned i;

    for (i = 0; i < server->weight; i++) {
        uint64_t score = mix(pair + i * UINT64_C(0x9e3779b97f4a7c15));

        best = score > best ? score : best;
    }
    return best;
}

/* All views, with the new one, and the sum of the weights. */
typedef struct {
    uint64_t views;
    uint64_t weights;
} total_t;

static total_t total_of(const cctv_choice_t *servers, int count)
{
    total_t total = { .views = 1 };
    int i;

    for (i = 0; i < count; i++) {
        if (servers[i].is_open) {
            total.views += servers[i].load;
            total.weights += servers[i].weight;
        }
    }
    return total;
}

/* The share of a server is total->views * weight / total->weights. */
static bool is_below(const cctv_choice_t *server, const total_t *total,
                     uint64_t percent, uint64_t slack)
{
    uint64_t load = total->weights * server->load;
    uint64_t share = total->views * server->weight;

    return 100 * load < percent * share
           || load < share + total->weights * slack;
}

static bool has_room(const cctv_choice_t *server, const total_t *total)
{
    if (!server->is_open
        || (server->max != 0 && server->load >= server->max)) {
        return false;
    }
    return server->is_connected
               ? is_below(server, total, BOUND, CCTV_CHOICE_SLACK)
               : is_below(server, total, NEW_BOUND, 0);
}

/* The first one in the order of the camera that has room, among those that are
 * connected, or among all. */
static int first_of(const cctv_choice_t *servers, int count, int32_t camera,
                    bool is_connected)
{
    total_t total = total_of(servers, count);
    uint64_t best = 0;
    int found = -1;
    int i;

    for (i = 0; i < count; i++) {
        if (servers[i].is_connected >= is_connected
            && has_room(&servers[i], &total)) {
            uint64_t score = score_of(&servers[i], camera);

            if (found < 0 || score > best) {
                best = score;
                found = i;
            }
        }
    }
    return found;
}

/* If those that have room by their share have reached their limits: the one
 * that has the fewest views for its weight. */
static int least_loaded(const cctv_choice_t *servers, int count,
                        bool is_connected)
{
    int found = -1;
    int i;

    for (i = 0; i < count; i++) {
        const cctv_choice_t *server = &servers[i];

        if (server->is_open && server->is_connected >= is_connected
            && (server->max == 0 || server->load < server->max)
            && (found < 0
                || (uint64_t)server->load * servers[found].weight
                       < (uint64_t)servers[found].load * server->weight)) {
            found = i;
        }
    }
    return found;
}

int cctv_choose(const cctv_choice_t *servers, int count, int32_t camera)
{
    int found = first_of(servers, count, camera, true);

    if (found < 0) {
        found = first_of(servers, count, camera, false);
    }
    return found >= 0 ? found : least_loaded(servers, count, false);
}

int cctv_choose_connected(const cctv_choice_t *servers, int count)
{
    return least_loaded(servers, count, true);
}
