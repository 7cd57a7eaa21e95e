/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "janus/stream_url.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static const struct {
    const char *text;
    cctv_source_scheme_t scheme;
    cctv_source_host_t kind;
    bool is_ipv6;
    const char *host;
    int port;
} good[] = {
    { "rtsp://cam.example/stream1", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false,
      "cam.example", 554 },
    { "rtsp://cam.example", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false,
      "cam.example", 554 },
    { "RTSP://Cam.EXAMPLE:8554/A?b=c#d", CCTV_STREAM_RTSP, CCTV_STREAM_NAME,
      false, "cam.example", 8554 },
    { "rtsp://10.1.2.3:1/", CCTV_STREAM_RTSP, CCTV_STREAM_ADDRESS, false,
      "10.1.2.3", 1 },
    { "rtsp://_cam-1.example?x", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false,
      "_cam-1.example", 554 },
    { "rtsp://h#x", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false, "h", 554 },
    { "rtsp://h/a@b:c", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false, "h", 554 },
    { "rtsp://h/\xC3\xA4", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false, "h",
      554 },
    { "rtsp://2130706433/", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false,
      "2130706433", 554 },
    { "rtsp://h:00554/", CCTV_STREAM_RTSP, CCTV_STREAM_NAME, false, "h", 554 },
    { "rtsps://cam.example/", CCTV_STREAM_RTSPS, CCTV_STREAM_NAME, false,
      "cam.example", 322 },
    { "rtsps://cam.example:554", CCTV_STREAM_RTSPS, CCTV_STREAM_NAME, false,
      "cam.example", 554 },
    { "rtsp://[2001:DB8:0::1]/x", CCTV_STREAM_RTSP, CCTV_STREAM_ADDRESS, true,
      "2001:db8::1", 554 },
    { "rtsp://[fe80::1%25eth0]:8554/x", CCTV_STREAM_RTSP, CCTV_STREAM_ADDRESS,
      true, "fe80::1", 8554 },
    { "rtsp://[fe80::1%25a_b.c~d-9]", CCTV_STREAM_RTSP, CCTV_STREAM_ADDRESS,
      true, "fe80::1", 554 },
    { "rtsp://[fe80::1]/a%25b]", CCTV_STREAM_RTSP, CCTV_STREAM_ADDRESS, true,
      "fe80::1", 554 },
    { "rtp://127.0.0.1:5004", CCTV_STREAM_RTP, CCTV_STREAM_ADDRESS, false,
      "127.0.0.1", 5004 },
    { "rtp://receiver.example:5004", CCTV_STREAM_RTP, CCTV_STREAM_NAME, false,
      "receiver.example", 5004 },
    { "rtp://0.0.0.0:65535/", CCTV_STREAM_RTP, CCTV_STREAM_ANY, false,
      "0.0.0.0", 65535 },
    { "rtp://[::]:5004", CCTV_STREAM_RTP, CCTV_STREAM_ANY, true, "::", 5004 },
    { "rtp://[::1]:5004", CCTV_STREAM_RTP, CCTV_STREAM_ADDRESS, true, "::1",
      5004 },
    { "rtp://223.255.255.255:1", CCTV_STREAM_RTP, CCTV_STREAM_ADDRESS, false,
      "223.255.255.255", 1 },
    { "rtp://224.0.0.0:1", CCTV_STREAM_RTP, CCTV_STREAM_GROUP, false,
      "224.0.0.0", 1 },
    { "rtp://239.255.255.255:1", CCTV_STREAM_RTP, CCTV_STREAM_GROUP, false,
      "239.255.255.255", 1 },
    { "rtp://240.0.0.0:1", CCTV_STREAM_RTP, CCTV_STREAM_ADDRESS, false,
      "240.0.0.0", 1 },
    { "rtp://[ff02::1]:5004", CCTV_STREAM_RTP, CCTV_STREAM_GROUP, true,
      "ff02::1", 5004 },
};

START_TEST(parses)
{
    cctv_stream_url_t url;

    ck_assert_msg(cctv_stream_url_parse(good[_i].text, &url), "%s",
                  good[_i].text);
    ck_assert_int_eq(url.scheme, good[_i].scheme);
    ck_assert_int_eq(url.kind, good[_i].kind);
    ck_assert_int_eq(url.is_ipv6, good[_i].is_ipv6);
    ck_assert_str_eq(url.host, good[_i].host);
    ck_assert_int_eq(url.port, good[_i].port);
}
END_TEST

static const char *const bad[] = {
    "",
    "rtsp",
    "rtsp:",
    "rtsp:h",
    "rtsp:/h",
    "rtsp://",
    "rtsp:///path",
    "rtsp://:554/",
    "rtspu://h/",
    "rtmp://h/",
    "http://h/",
    "https://h/",
    "srt://h:1",
    "udp://h:1",
    "file:///etc/passwd",
    " rtsp://h",
    "rtsp://h ",
    "rtsp://h/a b",
    "rtsp://h/a\n",
    "rtsp://h/a\x01",
    "rtsp://h/\x7F",
    "rtsp://h/\xFF",
    "rtsp://h:/",
    "rtsp://h:0/",
    "rtsp://h:65536/",
    "rtsp://h:99999/",
    "rtsp://h:554554/",
    "rtsp://h:x/",
    "rtsp://h:554:554/",
    "rtsp://u@h/",
    "rtsp://u:p@h/",
    "rtsp://u:12@h/",
    "rtsp://h\\x",
    "rtsp://h;x",
    "rtsp://*/",
    "rtsp://-h/",
    "rtsp://.h/",
    "rtsp://h%41/",
    ("rtsp://b\xC3\xBC"
     "cher.example/"),
    "rtsp://::1/",
    "rtsp://[::1",
    "rtsp://[]/",
    "rtsp://[h]/",
    "rtsp://[10.1.2.3]/",
    "rtsp://[::1]x",
    "rtsp://[fe80::1%]/",
    "rtsp://[fe80::1%25]/",
    "rtsp://[fe80::1%eth0]/",
    "rtsp://[fe80::1%25eth0/",
    "rtsp://[fe80::1%25et/h0]/",
    "rtsp://[fe80:::1%25eth0]/",
    "rtsp://[%25eth0]/",
    "rtsp://fe80::1%25eth0/",
    "rtp://h",
    "rtp://239.0.0.1/",
    "rtp://@239.0.0.1:5004",
    "rtp://h:0",
};

START_TEST(refuses)
{
    cctv_stream_url_t url = { .port = 7 };

    ck_assert_msg(!cctv_stream_url_parse(bad[_i], &url), "%s", bad[_i]);
    ck_assert_int_eq(url.port, 7);
}
END_TEST

START_TEST(hosts_have_a_longest)
{
    char text[512] = "rtsp://[";
    cctv_stream_url_t url;

    memset(text + 7, 'a', CCTV_HOST_SIZE - 1);
    ck_assert(cctv_stream_url_parse(text, &url));
    strcat(text, "a");
    ck_assert(!cctv_stream_url_parse(text, &url));
    memset(text + 7, '[', 1);
    memset(text + 8, '0', 200);
    strcpy(text + 208, "::1%25eth0]");
    ck_assert(!cctv_stream_url_parse(text, &url));
}
END_TEST

TCase *stream_url_tests(void)
{
    TCase *tc = tcase_create("stream_url");

    tcase_add_loop_test(tc, parses, 0, COUNT(good));
    tcase_add_loop_test(tc, refuses, 0, COUNT(bad));
    tcase_add_test(tc, hosts_have_a_longest);
    return tc;
}
