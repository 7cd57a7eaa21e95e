/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rtp.c
 * @brief Counts packets by their headers.
 */
#include "rtp.h"

#include <string.h>

#define HEAD   12
#define GRACE  LOAD_SECOND
#define PERIOD (5 * LOAD_SECOND)

void load_rtp_init(load_rtp_t *rtp, uint8_t payload_type, uint32_t clock_rate,
                   load_time_t allowance)
{
    memset(rtp, 0, sizeof *rtp);
    rtp->payload_type = payload_type;
    rtp->clock_rate = clock_rate;
    rtp->allowance = allowance;
}

static uint64_t lost(const load_rtp_t *rtp)
{
    int64_t expected = rtp->last_number - rtp->first_number + 1;

    /* Copies of packets make it negative. */
    return rtp->has_source && expected > (int64_t)rtp->numbers
               ? (uint64_t)expected - rtp->numbers
               : 0;
}

static void begin_source(load_rtp_t *rtp, uint32_t source, uint16_t number,
                         uint32_t stamp, load_time_t arrival)
{
    rtp->counts.lost += lost(rtp);
    rtp->source = source;
    rtp->has_source = true;
    rtp->first_number = rtp->last_number = number;
    rtp->numbers = 0;
    rtp->stamp = stamp;
    rtp->period_end = 0;
    rtp->judge_from = arrival + GRACE;
}

/* @return whether the packet is late */
static bool judge(load_rtp_t *rtp, load_time_t arrival)
{
    int64_t took = arrival
                   - rtp->stamp * LOAD_SECOND / (int64_t)rtp->clock_rate;

    if (rtp->period_end == 0) {
        rtp->fastest[0] = rtp->fastest[1] = took;
        rtp->period_end = arrival + PERIOD;
    }
    else if (arrival >= rtp->period_end) {
        rtp->fastest[1] = rtp->fastest[0];
        rtp->fastest[0] = took;
        rtp->period_end = arrival + PERIOD;
    }
    if (took < rtp->fastest[0]) {
        rtp->fastest[0] = took;
    }
    return took - rtp->fastest[0] > rtp->allowance
           || took - rtp->fastest[1] > rtp->allowance;
}

void load_rtp_add(load_rtp_t *rtp, const uint8_t *data, size_t length,
                  load_time_t arrival)
{
    uint16_t number;
    uint32_t stamp, source;
    int64_t ahead;

    if (length < HEAD || data[0] >> 6 != 2
        || (data[1] & 0x7f) != rtp->payload_type) {
        return;
    }
    number = (uint16_t)(data[2] << 8 | data[3]);
    stamp = (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16
            | (uint32_t)data[6] << 8 | data[7];
    source = (uint32_t)data[8] << 24 | (uint32_t)data[9] << 16
             | (uint32_t)data[10] << 8 | data[11];
    if (!rtp->has_source || source != rtp->source) {
        begin_source(rtp, source, number, stamp, arrival);
    }
    ahead = (int16_t)(uint16_t)(number - (uint16_t)rtp->last_number);
    if (ahead > 0) {
        rtp->last_number += ahead;
    }
    rtp->stamp += (int32_t)(stamp - (uint32_t)rtp->stamp);
    rtp->numbers++;
    rtp->counts.received++;
    rtp->counts.bytes += length;
    rtp->last = arrival;
    if (rtp->first == 0) {
        rtp->first = arrival;
    }
    if (arrival >= rtp->judge_from) {
        rtp->counts.judged++;
        rtp->counts.late += judge(rtp, arrival);
    }
}

void load_rtp_sum(const load_rtp_t *rtp, load_counts_t *sum)
{
    sum->received += rtp->counts.received;
    sum->bytes += rtp->counts.bytes;
    sum->lost += rtp->counts.lost + lost(rtp);
    sum->judged += rtp->counts.judged;
    sum->late += rtp->counts.late;
}
