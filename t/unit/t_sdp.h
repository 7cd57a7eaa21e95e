/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_sdp.h
 * @brief Texts of SDP for unit tests: they are the corpus of the fuzz targets.
 */
#ifndef T_SDP_H
#define T_SDP_H

#include "sdp/janus_sdp.h"
#include "sdp/offer.h"

#define T_FINGERPRINT                                                         \
    "D2:B9:31:8F:DF:24:D8:0E:ED:D2:EF:25:9E:AF:6F:B8:"                        \
    "34:AE:53:9C:E6:F3:8F:F2:64:15:FA:E8:7F:53:2D:38"

/* Janus's offer; the payload types are those of the mountpoint. */
#define T_JANUS(setup, pt, rtx)                                               \
    "v=0\r\n"                                                                 \
    "o=- 1764222333444555 1 IN IP4 192.0.2.2\r\n"                             \
    "s=Mountpoint 4294967392\r\n"                                             \
    "t=0 0\r\n"                                                               \
    "a=group:BUNDLE v\r\n"                                                    \
    "a=ice-options:trickle\r\n"                                               \
    "a=fingerprint:sha-256 " T_FINGERPRINT "\r\n"                             \
    "a=extmap-allow-mixed\r\n"                                                \
    "a=msid-semantic: WMS *\r\n"                                              \
    "m=video 9 UDP/TLS/RTP/SAVPF " pt " " rtx "\r\n"                          \
    "c=IN IP4 192.0.2.2\r\n"                                                  \
    "a=sendonly\r\n"                                                          \
    "a=mid:v\r\n"                                                             \
    "a=rtcp-mux\r\n"                                                          \
    "a=ice-ufrag:Jnus\r\n"                                                    \
    "a=ice-pwd:b2RqfDINyDlSlecynyiJE2\r\n"                                    \
    "a=ice-options:trickle\r\n"                                               \
    "a=setup:" setup "\r\n"                                                   \
    "a=rtpmap:" pt " H264/90000\r\n"                                          \
    "a=rtcp-fb:" pt " nack\r\n"                                               \
    "a=rtcp-fb:" pt " nack pli\r\n"                                           \
    "a=fmtp:" pt " profile-level-id=640028;packetization-mode=1\r\n"          \
    "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"                      \
    "a=rtpmap:" rtx " rtx/90000\r\n"                                          \
    "a=fmtp:" rtx " apt=" pt "\r\n"                                           \
    "a=ssrc-group:FID 4052671724 1733223\r\n"                                 \
    "a=msid:janus janusv\r\n"                                                 \
    "a=ssrc:4052671724 cname:janus\r\n"                                       \
    "a=ssrc:1733223 cname:janus\r\n"                                          \
    "a=candidate:1 1 udp 2015363327 192.0.2.2 44208 typ host\r\n"             \
    "a=candidate:2 1 udp 1679819007 198.51.100.7 44208 typ srflx raddr "      \
    "10.0.0.5 rport 44208\r\n"                                                \
    "a=end-of-candidates\r\n"

/** A file of t/fuzz/corpus, such as "offer/gstreamer", from the test's pool. */
cctv_slice_t t_sdp(const char *name);

/** The text with each `old` replaced. */
cctv_slice_t t_replace(cctv_slice_t text, const char *old, const char *new);

/** Read T_JANUS() or another text; it has to be readable. */
const cctv_janus_sdp_t *t_janus_sdp(const char *text);

/** Fail unless each line of the text has one of the forms that we write. */
void t_assert_ours(const char *text);

#endif
