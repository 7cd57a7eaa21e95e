/* SPDX-License-Identifier: Apache-2.0 */
/* SDP offers: whatever a player offers, the texts for it and for Janus have
 * only lines of the known forms, and Janus gets no candidate. Janus's own SDP
 * is read from the same bytes. */
#include "sdp/rewrite.h"

#include "sdp_lines.h"

#include "apr_general.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char janus_text[] =
    "v=0\n"
    "o=- 1764222333444555 1 IN IP4 192.0.2.2\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\n"
    "a=mid:v\n"
    "a=ice-ufrag:Jnus\n"
    "a=ice-pwd:b2RqfDINyDlSlecynyiJE2\n"
    "a=fingerprint:sha-256 D2:B9:31:8F:DF:24:D8:0E:ED:D2:EF:25:9E:AF:6F:B8:"
    "34:AE:53:9C:E6:F3:8F:F2:64:15:FA:E8:7F:53:2D:38\n"
    "a=setup:actpass\n"
    "a=rtpmap:96 H264/90000\n"
    "a=rtpmap:97 rtx/90000\n"
    "a=fmtp:97 apt=96\n"
    "a=candidate:1 1 udp 2015363327 192.0.2.2 44208 typ host\n";

static void check(const char *text)
{
    if (sdp_bad_line(text) != NULL) {
        abort();
    }
}

static void check_for_janus(const char *text)
{
    check(text);
    if (strstr(text, "a=candidate") != NULL) {
        abort();
    }
}

static void check_offer(apr_pool_t *pool, const cctv_sdp_offer_t *offer,
                        const cctv_janus_sdp_t *janus)
{
    const char *text = cctv_sdp_answer_for_player(pool, offer, janus);

    if (text != NULL) {
        check(text);
    }
    check_for_janus(cctv_sdp_offer_for_janus(pool, offer));
    check_for_janus(cctv_sdp_answer_for_janus(pool, &offer->peer,
                                              janus->peer.mid, 96, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *root;
    static cctv_janus_sdp_t janus;
    const char *text = (const char *)data;
    cctv_sdp_offer_t offer;
    cctv_janus_sdp_t own;
    apr_pool_t *pool;
    bool is_offer;
    int codec;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
        if (cctv_janus_sdp_read(janus_text, sizeof janus_text - 1,
                                CCTV_CODEC_H264, &janus)
            != CCTV_SDP_OK) {
            abort();
        }
    }
    apr_pool_create(&pool, root);
    is_offer = cctv_sdp_offer_read(text, size, &offer) == CCTV_SDP_OK;
    for (codec = 1; codec < CCTV_CODEC_COUNT; codec++) {
        if (is_offer
            && cctv_sdp_offer_choose(&offer, (cctv_codec_t)codec, 0x4D)) {
            check_offer(pool, &offer, &janus);
        }
        if (cctv_janus_sdp_read(text, size, (cctv_codec_t)codec, &own)
            == CCTV_SDP_OK) {
            check(cctv_sdp_offer_for_browser(pool, &own));
        }
    }
    apr_pool_destroy(pool);
    return 0;
}
