/* SPDX-License-Identifier: Apache-2.0 */
/* SDP answers: Janus gets only lines of the known forms and no candidate.
 * Reading our own text again gives the same. */
#include "sdp/answer.h"
#include "sdp/rewrite.h"

#include "sdp_lines.h"

#include "apr_general.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(apr_pool_t *pool, const cctv_sdp_peer_t *peer)
{
    cctv_slice_t mid = peer->mid.at == NULL ? cctv_slice("v") : peer->mid;
    const char *text = cctv_sdp_answer_for_janus(
        pool, peer, mid, peer->format.payload_type, true);
    cctv_sdp_peer_t again;

    if (sdp_bad_line(text) != NULL || strstr(text, "a=candidate") != NULL
        || cctv_sdp_answer_read(text, strlen(text), peer->format.codec,
                                peer->format.payload_type, &again)
               != CCTV_SDP_OK
        || again.transport.setup != peer->transport.setup
        || again.format.rtx != peer->format.rtx
        || !cctv_slice_equals(again.transport.ufrag, peer->transport.ufrag)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *root;
    cctv_sdp_peer_t peer;
    apr_pool_t *pool;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    if (cctv_sdp_answer_read((const char *)data, size, CCTV_CODEC_H264, -1,
                             &peer)
        == CCTV_SDP_OK) {
        check(pool, &peer);
    }
    apr_pool_destroy(pool);
    return 0;
}
