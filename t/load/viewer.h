/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file viewer.h
 * @brief A viewer: starts a view, keeps it alive, and starts it again when it
 *        is lost, as htdocs/cctv-client.js does. One thread only.
 */
#ifndef LOAD_VIEWER_H
#define LOAD_VIEWER_H

#include "media.h"

typedef enum {
    LOAD_NEW,      /* not asked to start yet */
    LOAD_WAITS,    /* for its next try */
    LOAD_STARTS,   /* waits for the answer to /view-start */
    LOAD_CONNECTS, /* waits for the answer to /view-answer */
    LOAD_FOLLOWS,  /* sends heartbeats */
    LOAD_GAVE_UP   /* refused for good */
} load_stage_t;

typedef struct {
    load_media_t media;
    int64_t camera;
    load_stage_t stage;
    char session[130]; /* the id of the view; "": none */
    load_time_t next_try;
    load_time_t clicked;  /* when this view was asked for */
    load_time_t answered; /* when its answer was taken */
    load_time_t beat_at;  /* the last heartbeat; 0: one is due */
    load_time_t interval; /* between heartbeats */
    load_time_t rare; /* the same, by the last heartbeat's answer; 0: none */
    bool is_beating, is_standing, is_over_noted;
    unsigned round, beat_round; /* the one of the heartbeat under way */
    bool plays;                 /* this view had packets */
    bool has_played;            /* any of its views had */
    unsigned failures;  /* rounds without a packet, one after the other */
    load_time_t told;   /* when the last view was lost; 0: not lost */
    load_counts_t past; /* of its former connections */
} load_viewer_t;

/** Ask for the first view at the next step. */
void load_viewer_begin(load_viewer_t *viewer, int64_t camera);

/** Do what is due. */
void load_viewer_step(load_viewer_t *viewer, load_time_t now);

/** End its view; no further one starts. */
void load_viewer_end(load_viewer_t *viewer);

/** @return whether packets arrive */
bool load_viewer_is_playing(load_viewer_t *viewer, load_time_t now);

/** Add what it has counted. */
void load_viewer_sum(load_viewer_t *viewer, load_counts_t *sum);

#endif
