/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "hls/address.h"

#include <string.h>

static const char *const right[] = {
    "https://cams.example/live/index.m3u8",
    "HTTPS://cams.example:8443/a/B.M3U8?token=x&v=1#t",
    "https://[2001:db8::1]/live.m3u8",
    "https://cams.example/live@night/index.m3u8",
    "https://cams.example/a.m3u8?next=https://other.example/@x",
    "https://c/.m3u8",
};

static const char *const wrong[] = {
    "",
    "https://",
    "https:///a.m3u8",
    "http://cams.example/live.m3u8",
    "rtsp://cams.example/live.m3u8",
    "//cams.example/live.m3u8",
    "javascript:alert(1)//.m3u8",
    "https://user:secret@cams.example/live.m3u8",
    "https://user@cams.example/live.m3u8",
    "https://cams.example/live.mpd?x=.m3u8",
    "https://cams.example/live#.m3u8",
    "https://cams.example.m3u8",
    "https://cams.example?a.m3u8",
    "https://cams.example/live.m3u8.exe",
    "https://cams.example/live .m3u8",
    "https://cams.example/live.m3u8\n",
    "https://cams.example/\"live.m3u8",
    "https://cams.example/<live>.m3u8",
    "https://cams.example/{user}.m3u8",
    "https://cams.example\\@other.example/live.m3u8",
    "https://cams.example/l\xc3\xafve.m3u8",
    "https://cams.example/live.m3u8\x7f",
};

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

START_TEST(an_address_that_browsers_may_get)
{
    ck_assert_msg(cctv_hls_is_address(right[_i]), "%s", right[_i]);
}
END_TEST

START_TEST(an_address_that_stays_here)
{
    ck_assert_msg(!cctv_hls_is_address(wrong[_i]), "%s", wrong[_i]);
}
END_TEST

START_TEST(an_address_has_an_end)
{
    char text[2100];

    memset(text, 'a', sizeof text);
    memcpy(text, "https://c/", 10);
    memcpy(text + 2048 - 5, ".m3u8", 6);
    ck_assert(cctv_hls_is_address(text));
    memcpy(text + 2048 - 5, "a.m3u8", 7);
    ck_assert(!cctv_hls_is_address(text));
    ck_assert(!cctv_hls_is_address(NULL));
}
END_TEST

TCase *hls_address_tests(void)
{
    TCase *tests = tcase_create("hls_address");

    tcase_add_loop_test(tests, an_address_that_browsers_may_get, 0,
                        COUNT(right));
    tcase_add_loop_test(tests, an_address_that_stays_here, 0, COUNT(wrong));
    tcase_add_test(tests, an_address_has_an_end);
    return tests;
}
