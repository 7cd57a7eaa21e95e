/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file offer.c
 * @brief Reads the offer of Janus, line by line, and writes the answer.
 */
#include "offer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIDEO_CLOCK 90000
/* A longer line holds nothing that is needed. */
#define LINE_MAX_SIZE 1024

/* Copy the line at *at without its end, and move to the next one.
 * @return false: there is no further line */
static bool next_line(const char **at, char *line, size_t size)
{
    const char *from = *at;
    size_t length = strcspn(from, "\r\n");

    if (*from == '\0') {
        return false;
    }
    snprintf(line, size, "%.*s", (int)(length < size ? length : size - 1),
             from);
    from += length;
    *at = from + strspn(from, "\r\n");
    return true;
}

/* @return the text behind this start of the line, or NULL */
static const char *after(const char *line, const char *start)
{
    size_t length = strlen(start);

    return strncmp(line, start, length) == 0 ? line + length : NULL;
}

static bool read_fingerprint(const char *hex, uint8_t *out)
{
    for (int i = 0; i < LOAD_SHA256; i++) {
        char *end;

        out[i] = (uint8_t)strtoul(hex, &end, 16);
        if (end != hex + 2 || (i < LOAD_SHA256 - 1 && *end != ':')) {
            return false;
        }
        hex = end + 1;
    }
    return true;
}

/* Other candidates than those of UDP over IPv4 are ignored. */
static void read_candidate(const char *text, load_offer_t *out)
{
    char protocol[8], address[INET_ADDRSTRLEN];
    unsigned component, port;
    struct sockaddr_in *next = &out->candidates[out->count];

    if (out->count == LOAD_CANDIDATES_MAX
        || sscanf(text, "%*s %u %7s %*u %15s %u", &component, protocol,
                  address, &port)
               != 4
        || component != 1 || strcasecmp(protocol, "udp") != 0
        || port > UINT16_MAX
        || inet_pton(AF_INET, address, &next->sin_addr) != 1) {
        return;
    }
    next->sin_family = AF_INET;
    next->sin_port = htons((uint16_t)port);
    out->count++;
}

static void read_line(const char *line, load_offer_t *out, bool *is_signed)
{
    const char *found;
    unsigned type, clock;

    if ((found = after(line, "a=ice-ufrag:")) != NULL) {
        snprintf(out->ufrag, sizeof out->ufrag, "%.256s", found);
    }
    else if ((found = after(line, "a=ice-pwd:")) != NULL) {
        snprintf(out->password, sizeof out->password, "%.256s", found);
    }
    else if ((found = after(line, "a=fingerprint:sha-256 ")) != NULL) {
        *is_signed = read_fingerprint(found, out->fingerprint);
    }
    else if ((found = after(line, "a=candidate:")) != NULL) {
        read_candidate(found, out);
    }
    else if (sscanf(line, "m=video %*u %*s %u", &type) == 1 && type < 128) {
        out->payload_type = (uint8_t)type;
    }
    else if (sscanf(line, "a=rtpmap:%u %*[^/]/%u", &type, &clock) == 2
             && type == out->payload_type && clock > 0) {
        out->clock_rate = clock;
    }
}

bool load_offer_read(const char *sdp, load_offer_t *out, const char **why)
{
    char line[LINE_MAX_SIZE];
    int sections = 0;
    bool is_signed = false;

    memset(out, 0, sizeof *out);
    out->payload_type = UINT8_MAX;
    out->clock_rate = VIDEO_CLOCK;
    while (next_line(&sdp, line, sizeof line)) {
        sections += after(line, "m=") != NULL;
        read_line(line, out, &is_signed);
    }
    *why = NULL;
    if (sections != 1 || out->payload_type == UINT8_MAX) {
        *why = "the offer has not one section of video";
    }
    else if (out->ufrag[0] == '\0' || out->password[0] == '\0' || !is_signed) {
        *why = "the offer lacks a ufrag, a password, or a SHA-256 fingerprint";
    }
    else if (out->count == 0) {
        *why = "the offer has no candidate of UDP over IPv4";
    }
    return *why == NULL;
}

/* Whether the line describes formats, which the answer repeats. */
static bool is_format(const char *line)
{
    return after(line, "a=rtpmap:") != NULL || after(line, "a=fmtp:") != NULL
           || after(line, "a=rtcp-fb:") != NULL
           || after(line, "a=mid:") != NULL;
}

bool load_offer_answer(const char *sdp, const char *ufrag,
                       const char *password, const char *fingerprint,
                       char *out, size_t size)
{
    char line[LINE_MAX_SIZE], formats[LINE_MAX_SIZE] = "", mid[64] = "v";
    const char *at = sdp, *found;
    size_t length;

    while (next_line(&at, line, sizeof line)) {
        if ((found = after(line, "a=mid:")) != NULL) {
            snprintf(mid, sizeof mid, "%.63s", found);
        }
        sscanf(line, "m=video %*u %*s %1023[0-9 ]", formats);
    }
    length = (size_t)snprintf(
        out, size,
        "v=0\r\no=- %u 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        "a=group:BUNDLE %s\r\nm=video 9 UDP/TLS/RTP/SAVPF %s\r\n"
        "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
        "a=fingerprint:sha-256 %s\r\na=setup:passive\r\na=recvonly\r\n"
        "a=rtcp-mux\r\n",
        1 + (unsigned)strlen(sdp), mid, formats, ufrag, password, fingerprint);
    while (next_line(&sdp, line, sizeof line) && length < size) {
        if (is_format(line)) {
            length += (size_t)snprintf(out + length, size - length, "%s\r\n",
                                       line);
        }
    }
    return length < size;
}
