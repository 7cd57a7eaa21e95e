/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a relay. */
#include "t_common.h"

#include "video/fan_out.h"

START_TEST(the_id_of_the_camera_is_put_in)
{
    ck_assert_str_eq(cctv_fan_out_url(pool, "rtsp://relay:8554/{id}", 42),
                     "rtsp://relay:8554/42");
    ck_assert_str_eq(
        cctv_fan_out_url(pool, "rtsp://r/a%20{id}/b?c={user}", INT32_MAX),
        "rtsp://r/a%202147483647/b?c={user}");
}
END_TEST

START_TEST(only_addresses_for_all_cameras_are_right)
{
    static const char *const right[] = { "rtsp://relay/{id}",
                                         "rtsp://[2001:db8::1]:8554/cam{id}",
                                         "RTSP://relay/live?camera={id}" };
    static const char *const wrong[] = { "",
                                         "{id}",
                                         "relay/{id}",
                                         "http://relay/{id}",
                                         "rtsps://relay/{id}",
                                         "rtsp://relay/",
                                         "rtsp://relay/id",
                                         "rtsp://relay/{ID}",
                                         "rtsp://{id}",
                                         "rtsp://{id}/x",
                                         "rtsp://relay/{id}/{id}",
                                         "rtsp://me:secret@relay/{id}",
                                         "rtsp://relay/{id} x",
                                         "rtsp://0.0.0.0/{id}",
                                         "rtp://239.1.1.1:5004/{id}" };
    size_t i;

    for (i = 0; i < sizeof right / sizeof right[0]; i++) {
        ck_assert_msg(cctv_fan_out_is_right(right[i]), "%s", right[i]);
    }
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(!cctv_fan_out_is_right(wrong[i]), "%s", wrong[i]);
    }
}
END_TEST

TCase *fan_out_tests(void)
{
    TCase *tc = tcase_create("fan_out");

    tcase_add_test(tc, the_id_of_the_camera_is_put_in);
    tcase_add_test(tc, only_addresses_for_all_cameras_are_right);
    return tc;
}
