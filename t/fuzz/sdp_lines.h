/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sdp_lines.h
 * @brief Checks that a written SDP has only lines of the known forms. Used by
 *        fuzz targets and unit tests.
 */
#ifndef FUZZ_SDP_LINES_H
#define FUZZ_SDP_LINES_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_CLASS "[A-Za-z0-9!#$%&'*+.^_`{|}~-]"
#define ICE_CLASS   "[A-Za-z0-9+/]"

static const char *const sdp_lines[] = {
    "v=0",
    "s=-",
    "t=0 0",
    "c=IN IP4 0\\.0\\.0\\.0",
    "o=- [0-9]{1,20} [0-9]{1,20} IN IP4 127\\.0\\.0\\.1",
    "m=" TOKEN_CLASS "+ [09] [/A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
    "( " TOKEN_CLASS "+)+",
    "a=group:BUNDLE( " TOKEN_CLASS "+)+",
    "a=msid-semantic: WMS (\\*|janus)",
    "a=mid:" TOKEN_CLASS "+",
    "a=(sendonly|recvonly|inactive|rtcp-mux|end-of-candidates)",
    "a=ice-ufrag:" ICE_CLASS "{4}" ICE_CLASS "*",
    "a=ice-pwd:" ICE_CLASS "{22}" ICE_CLASS "*",
    "a=fingerprint:sha-256 [0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}",
    "a=setup:(actpass|active|passive)",
    "a=rtpmap:[0-9]{1,3} [A-Za-z0-9./-]+",
    "a=fmtp:[0-9]{1,3} apt=[0-9]{1,3}",
    "a=fmtp:[0-9]{1,3} [a-z-]+=[A-Za-z0-9]+"
    "(;[a-z-]+=[A-Za-z0-9]+)*",
    "a=rtcp-fb:[0-9]{1,3} (nack|nack pli|ccm fir|goog-remb)",
    "a=ssrc-group:FID [0-9]{1,10} [0-9]{1,10}",
    "a=msid:janus janusv",
    "a=ssrc:[0-9]{1,10} cname:janus",
    "a=candidate:" ICE_CLASS "+ 1 (udp|tcp) [0-9]{1,10} "
    "[A-Za-z0-9.:-]+ [0-9]{1,5} typ (host|(srflx|prflx|relay) raddr "
    "0\\.0\\.0\\.0 rport 0)( tcptype (active|passive|so))?",
};

/* @return the first line that has none of the forms, or that has no CR LF;
 * NULL: there is none */
static const char *sdp_bad_line(const char *text)
{
    enum {
        COUNT = sizeof sdp_lines / sizeof sdp_lines[0]
    };
    static regex_t compiled[COUNT];
    static bool is_compiled;
    static char line[16384];
    size_t i;

    for (i = 0; !is_compiled && i < COUNT; i++) {
        strcpy(line, "^(");
        strcat(line, sdp_lines[i]);
        strcat(line, ")$");
        if (regcomp(&compiled[i], line, REG_EXTENDED | REG_NOSUB) != 0) {
            abort();
        }
    }
    is_compiled = true;
    while (*text != '\0') {
        const char *end = strstr(text, "\r\n");

        if (end == NULL || (size_t)(end - text) >= sizeof line) {
            return text;
        }
        memcpy(line, text, (size_t)(end - text));
        line[end - text] = '\0';
        for (i = 0; i < COUNT; i++) {
            if (regexec(&compiled[i], line, 0, NULL, 0) == 0) {
                break;
            }
        }
        if (i == COUNT) {
            return line;
        }
        text = end + 2;
    }
    return NULL;
}

#endif
