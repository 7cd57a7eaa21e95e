/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rtp.h
 * @brief Counts the packets of a video that are received, lost and late, by
 *        their headers, which SRTP does not encrypt.
 *
 * Lost is what is missing between the first and the last sequence number; this
 * client asks for no retransmissions. Late is a packet whose time from the
 * camera is longer by LATE than that of the fastest packet of the last 5 to
 * 10 s. So the packets of a camera that becomes slower are late for up to 10 s.
 * The first second is not judged, since Janus begins with packets of the past.
 */
#ifndef LOAD_RTP_H
#define LOAD_RTP_H

#include "clock.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    uint64_t received;
    uint64_t bytes; /* of RTP packets */
    uint64_t lost;
    uint64_t judged; /* packets that were late or in time */
    uint64_t late;
} load_counts_t;

typedef struct {
    load_counts_t counts; /* without what the current source has lost */
    load_time_t first;    /* arrival of the first packet; 0: none */
    load_time_t judge_from;
    load_time_t last;
    load_time_t allowance; /* how much longer a packet in time may take */
    uint32_t clock_rate;
    uint8_t payload_type;
    /* Of the current source (SSRC). */
    uint32_t source;
    bool has_source;
    int64_t first_number, last_number; /* sequence numbers, extended */
    uint64_t numbers;                  /* how many were received */
    int64_t stamp;                     /* the last RTP time, extended */
    int64_t fastest[2];     /* of this period and of the last one: µs */
    load_time_t period_end; /* 0: no packet was judged yet */
} load_rtp_t;

void load_rtp_init(load_rtp_t *rtp, uint8_t payload_type, uint32_t clock_rate,
                   load_time_t allowance);

/** Count a packet if it is RTP of this video. */
void load_rtp_add(load_rtp_t *rtp, const uint8_t *data, size_t length,
                  load_time_t arrival);

/** Add what was counted so far. */
void load_rtp_sum(const load_rtp_t *rtp, load_counts_t *sum);

#endif
