/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reasons.h
 * @brief The reasons why views end, and why they cannot start: values of the
 *        label "reason"; and those of the label "transport".
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_REASONS_H
#define CCTV_VIEWS_REASONS_H

#include "metrics/counters.h"

/** Why a view ended. */
#define CCTV_ENDED_LIST(X)                                                    \
    X(ENDED, "ended")     /* the viewer ended it */                           \
    X(EXPIRED, "expired") /* no heartbeat within its timeout */               \
    X(DENIED, "denied")   /* the viewer may not see the camera any more */    \
    X(GONE, "media_gone") /* its video has ended */                           \
    X(UNANSWERED, "answer_refused") /* Janus refused the SDP answer */        \
    X(OFFERED, "unanswered")        /* its offer was never answered */        \
    X(NO_MEDIA, "no_media")         /* it was answered, and no media came */  \
    X(KICKED, "kicked")             /* an operator has ended it */

/** Why a view did not start. */
#define CCTV_REFUSED_LIST(X)                                                  \
    X(FULL, "full")                     /* CCTVMaxSessions */                 \
    X(CLIENT_FULL, "client")            /* CCTVMaxSessionsPerClient */        \
    X(VIEWERS, "viewers")               /* CCTVMaxViewers */                  \
    X(CAMERA_VIEWERS, "camera_viewers") /* CCTVMaxViewersPerCamera */         \
    X(COLD, "cold")             /* too many starts wait for cameras */        \
    X(OFFLINE, "offline")       /* the camera does not answer */              \
    X(VIDEO_DOWN, "video_down") /* Janus does not answer */                   \
    X(DENIED, "denied")         /* an operator has denied it for a time */    \
    X(DRAINING, "draining")     /* an operator lets no new views start */

#define CCTV_ENUM_ENDED(name, label)   CCTV_ENDED_##name,
#define CCTV_ENUM_REFUSED(name, label) CCTV_REFUSED_##name,

typedef enum {
    CCTV_ENDED_LIST(CCTV_ENUM_ENDED) CCTV_ENDED_COUNT
} cctv_ended_t;
typedef enum {
    CCTV_REFUSED_LIST(CCTV_ENUM_REFUSED) CCTV_REFUSED_COUNT
} cctv_refused_t;

extern const char *const cctv_ended_labels[];
extern const char *const cctv_refused_labels[];

/** The names of cctv_transport_t. */
extern const char *const cctv_transport_labels[];

typedef struct {
    _Atomic uint64_t ended[CCTV_ENDED_COUNT];
    _Atomic uint64_t refused[CCTV_REFUSED_COUNT];
    /** Heartbeats of clients that were accepted. */
    _Atomic uint64_t heartbeats;
    /** How often media of a view stopped to flow over a connection that is up. */
    _Atomic uint64_t stalls;
} cctv_views_counters_t;

#endif
