/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fault.c
 * @brief Why an SDP of a viewer or of Janus is refused.
 * Layer: pure.
 */
#include "sdp/fault.h"

#define SENTENCE(name, sentence) [CCTV_SDP_##name] = (sentence),

const char *cctv_sdp_sentence(cctv_sdp_fault_t fault)
{
    static const char *const sentences[CCTV_SDP_FAULT_COUNT] = {
        [CCTV_SDP_OK] = "", CCTV_SDP_FAULT_LIST(SENTENCE)
    };

    return sentences[fault];
}

bool cctv_sdp_fault_is_of_codec(cctv_sdp_fault_t fault)
{
    return fault == CCTV_SDP_NO_VIDEO || fault == CCTV_SDP_NOT_WEBRTC
           || fault == CCTV_SDP_NO_CODEC || fault == CCTV_SDP_REJECTED;
}
