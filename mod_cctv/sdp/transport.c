/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file transport.c
 * @brief What ICE and DTLS need to know of a WebRTC peer.
 * Layer: pure.
 */
#include "sdp/transport.h"

#define DIGITS         "0123456789"
#define LETTERS        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ICE_CHARACTERS LETTERS DIGITS "+/"

#define PAIRS_OF_SHA_256 32

/* Where the attributes of a transport may be, the nearest first. */
typedef struct {
    cctv_slice_t lines[3];
    int count;
} places_t;

static places_t places_of(const cctv_sdp_sections_t *all, int i)
{
    places_t places = { .count = 0 };
    int first = all->bundle_first;

    places.lines[places.count++] = all->sections[i].lines;
    if (all->sections[i].is_bundled && first >= 0 && first != i) {
        places.lines[places.count++] = all->sections[first].lines;
    }
    places.lines[places.count++] = all->lines;
    return places;
}

static bool read_ice(const places_t *places, cctv_sdp_transport_t *out)
{
    int i;

    for (i = 0; i < places->count; i++) {
        out->ufrag = cctv_sdp_attribute(places->lines[i], "ice-ufrag");
        out->pwd = cctv_sdp_attribute(places->lines[i], "ice-pwd");
        if (out->ufrag.at != NULL || out->pwd.at != NULL) {
            break;
        }
    }
    return cctv_slice_consists_of(out->ufrag, ICE_CHARACTERS, 4, 256)
           && cctv_slice_consists_of(out->pwd, ICE_CHARACTERS, 22, 256);
}

static bool is_sha_256(cctv_slice_t hash)
{
    int pairs;

    for (pairs = 0; hash.at != NULL; pairs++) {
        cctv_slice_t pair = cctv_slice_cut(&hash, ':');

        if (!cctv_slice_consists_of(pair, DIGITS "abcdefABCDEF", 2, 2)) {
            return false;
        }
    }
    return pairs == PAIRS_OF_SHA_256;
}

/* A peer may have one of each hash. Janus 1.1 knows sha-256 and sha-1. */
static bool read_fingerprint(const places_t *places, cctv_sdp_transport_t *out)
{
    int i;

    for (i = 0; i < places->count; i++) {
        cctv_slice_t rest = places->lines[i];
        cctv_slice_t value;

        while (cctv_sdp_next_attribute(&rest, "fingerprint", &value)) {
            cctv_slice_t hash = cctv_slice_cut(&value, ' ');

            if (cctv_slice_is_same_letters(hash, "sha-256")) {
                out->fingerprint = value;
                return is_sha_256(value);
            }
        }
    }
    return false;
}

static const char *const setups[] = { [CCTV_SDP_ACTPASS] = "actpass",
                                      [CCTV_SDP_ACTIVE] = "active",
                                      [CCTV_SDP_PASSIVE] = "passive" };

static bool read_setup(const places_t *places, cctv_sdp_transport_t *out)
{
    int i;
    int setup;

    out->setup = CCTV_SDP_ACTPASS;
    out->has_setup = false;
    for (i = 0; i < places->count; i++) {
        cctv_slice_t value = { NULL, 0 };
        cctv_slice_t rest = places->lines[i];

        if (!cctv_sdp_next_attribute(&rest, "setup", &value)) {
            continue;
        }
        for (setup = CCTV_SDP_ACTPASS; setup <= CCTV_SDP_PASSIVE; setup++) {
            if (cctv_slice_is(value, setups[setup])) {
                out->setup = (cctv_sdp_setup_t)setup;
                out->has_setup = true;
                return true;
            }
        }
        return false;
    }
    return true;
}

/* Players that may do without BUNDLE have a user of ICE for each section. */
static bool is_only_ufrag(const cctv_sdp_sections_t *all, cctv_slice_t ufrag)
{
    int i;

    for (i = 0; i < all->count; i++) {
        cctv_slice_t other = cctv_sdp_attribute(all->sections[i].lines,
                                                "ice-ufrag");

        if (other.at != NULL && !cctv_slice_equals(other, ufrag)) {
            return false;
        }
    }
    return true;
}

cctv_sdp_fault_t cctv_sdp_read_transport(const cctv_sdp_sections_t *all, int i,
                                         cctv_sdp_transport_t *out)
{
    places_t places = places_of(all, i);

    if (!read_ice(&places, out)) {
        return CCTV_SDP_BAD_ICE;
    }
    out->is_only_ufrag = is_only_ufrag(all, out->ufrag);
    if (!read_fingerprint(&places, out)) {
        return CCTV_SDP_BAD_FINGERPRINT;
    }
    return read_setup(&places, out) ? CCTV_SDP_OK : CCTV_SDP_BAD_SETUP;
}

/* @return the name from the NULL-terminated list, in small letters; NULL: it is
 * none of them */
static const char *one_of(const char *const *names, cctv_slice_t text)
{
    for (; *names != NULL; names++) {
        if (cctv_slice_is_same_letters(text, *names)) {
            return *names;
        }
    }
    return NULL;
}

/* Read what follows the type: pairs of name and value. */
static const char *tcp_type_of(cctv_slice_t rest)
{
    static const char *const types[] = { "active", "passive", "so", NULL };

    while (rest.at != NULL) {
        cctv_slice_t name = cctv_slice_cut(&rest, ' ');
        cctv_slice_t value = cctv_slice_cut(&rest, ' ');

        if (cctv_slice_is(name, "tcptype")) {
            return one_of(types, value);
        }
    }
    return NULL;
}

/* Read "1 1 udp 2015363327 192.0.2.1 40000 typ host …". */
static bool read_candidate(cctv_slice_t text, cctv_sdp_candidate_t *out)
{
    static const char *const protocols[] = { "udp", "tcp", NULL };
    static const char *const types[] = { "host", "srflx", "prflx", "relay",
                                         NULL };
    cctv_slice_t component;
    cctv_slice_t typ;
    long long priority;

    out->foundation = cctv_slice_cut(&text, ' ');
    component = cctv_slice_cut(&text, ' ');
    out->protocol = one_of(protocols, cctv_slice_cut(&text, ' '));
    priority = cctv_slice_number(cctv_slice_cut(&text, ' '), 0xFFFFFFFF);
    out->priority = priority < 0 ? 0 : (unsigned)priority;
    out->address = cctv_slice_cut(&text, ' ');
    out->port = (int)cctv_slice_number(cctv_slice_cut(&text, ' '), 65535);
    typ = cctv_slice_cut(&text, ' ');
    out->type = one_of(types, cctv_slice_cut(&text, ' '));
    out->tcp_type = tcp_type_of(text);
    return cctv_slice_consists_of(out->foundation, ICE_CHARACTERS, 1, 32)
           && cctv_slice_is(component, "1") && out->protocol != NULL
           && out->priority > 0
           && cctv_slice_consists_of(out->address, LETTERS DIGITS ".:-", 1,
                                     255)
           && out->port > 0 && cctv_slice_is(typ, "typ") && out->type != NULL
           && (*out->protocol == 't') == (out->tcp_type != NULL);
}

int cctv_sdp_read_candidates(cctv_slice_t lines, cctv_sdp_candidate_t *out)
{
    cctv_slice_t value;
    int count = 0;

    while (count < CCTV_SDP_MAX_CANDIDATES
           && cctv_sdp_next_attribute(&lines, "candidate", &value)) {
        if (read_candidate(value, &out[count])) {
            count++;
        }
    }
    return count;
}

const char *cctv_sdp_setup_name(cctv_sdp_setup_t setup)
{
    return setups[setup];
}
