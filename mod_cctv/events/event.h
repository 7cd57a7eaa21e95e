/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event.h
 * @brief An event: what one line of an event log tells.
 * Layer: pure.
 */
#ifndef CCTV_EVENTS_EVENT_H
#define CCTV_EVENTS_EVENT_H

#include "views/view_id.h"

#include <stddef.h>
#include <stdint.h>

/** The state file contains these numbers. */
typedef enum {
    CCTV_EVENT_NONE,
    CCTV_EVENT_START,   /**< a view starts */
    CCTV_EVENT_END,     /**< a view is over */
    CCTV_EVENT_REFUSED, /**< a view could not start */
    CCTV_EVENT_ACTION   /**< an admin has done something */
} cctv_event_kind_t;

/** How the client of an event is told. */
typedef enum {
    CCTV_CLIENT_OFF,
    CCTV_CLIENT_HASH,   /**< the keyed hash of its address: 8 bytes */
    CCTV_CLIENT_ADDRESS /**< 4 or 16 bytes */
} cctv_event_client_kind_t;

typedef struct {
    uint8_t kind; /**< cctv_event_client_kind_t */
    uint8_t len;
    unsigned char bytes[16];
} cctv_event_client_t;

/**
 * Texts end with NUL, have been cut to their size, and are empty if there is
 * nothing to tell. They come from outside and may hold any bytes. Labels are
 * values of closed lists and need no escaping.
 */
typedef struct {
    int64_t time;          /**< when it happened: µs since 1970 */
    int64_t started;       /**< when its view started: µs since 1970 */
    int64_t watched;       /**< how long media have flowed: µs */
    int64_t first_picture; /**< from the click to the picture: ms; negative:
                            *   not known */
    cctv_public_id_t view; /**< `high` is 0: there is no view */
    int32_t camera;
    uint16_t country; /**< cctv_country_t */
    uint8_t kind;     /**< cctv_event_kind_t */
    uint8_t is_answered;
    uint8_t transport;
    uint8_t browser;
    uint8_t os;
    uint8_t codec;
    cctv_event_client_t client;
    char reason[24]; /**< a label; of an action, see `why` */
    char action[24]; /**< a label */
    char role[48];
    char user[96];
    char target[64];
    char why[80];
} cctv_log_event_t;

/** A label is a static text of at most this many bytes, NUL included. */
#define CCTV_EVENT_LABEL_SIZE 24

_Static_assert(sizeof(cctv_log_event_t) % 8 == 0, "not a row of words");

/** Copy a text, cut between two characters, and fill the rest with zeros.
 *  @param text  NUL: there is nothing to tell */
void cctv_event_set(char *out, size_t size, const char *text);

#endif
