/* SPDX-License-Identifier: Apache-2.0 */
/* What the viewers of `make load` count, and how they read an offer. */
#include "t_common.h"

#include "../load/offer.h"
#include "../load/rtp.h"

#include <arpa/inet.h>
#include <string.h>

#define CLOCK     90000
#define ALLOWANCE 150000
#define MS        1000
/* Any time of the clock. */
#define BEGIN (1000000 * LOAD_SECOND)

static load_rtp_t rtp;

static void begin(void)
{
    load_rtp_init(&rtp, 96, CLOCK, ALLOWANCE);
}

/* A packet that was made `made` ms after the begin, and arrived `took` ms after
 * that. */
static void add(uint8_t type, uint16_t number, int64_t made, int64_t took)
{
    uint32_t stamp = (uint32_t)(0xffff0000u + made * CLOCK / 1000);
    uint8_t packet[100] = { 0x80,
                            type,
                            (uint8_t)(number >> 8),
                            (uint8_t)number,
                            (uint8_t)(stamp >> 24),
                            (uint8_t)(stamp >> 16),
                            (uint8_t)(stamp >> 8),
                            (uint8_t)stamp };

    load_rtp_add(&rtp, packet, sizeof packet, BEGIN + (made + took) * MS);
}

static load_counts_t sum(void)
{
    load_counts_t found = { 0 };

    load_rtp_sum(&rtp, &found);
    return found;
}

START_TEST(packets_that_are_missing_are_lost)
{
    begin();
    add(96, 65534, 0, 5);
    add(96, 65535, 0, 5);
    add(96, 0, 0, 5);
    ck_assert_uint_eq(sum().lost, 0);
    add(96, 3, 0, 5);
    ck_assert_uint_eq(sum().received, 4);
    ck_assert_uint_eq(sum().bytes, 400);
    ck_assert_uint_eq(sum().lost, 2);
    /* One of them was only overtaken. */
    add(96, 2, 0, 5);
    ck_assert_uint_eq(sum().lost, 1);
    add(96, 2, 0, 5);
    add(96, 2, 0, 5);
    ck_assert_uint_eq(sum().lost, 0);
}
END_TEST

START_TEST(other_packets_do_not_count)
{
    begin();
    add(97, 10, 0, 5);
    load_rtp_add(&rtp, (const uint8_t *)"\x80\x60", 2, BEGIN);
    ck_assert_uint_eq(sum().received, 0);
    ck_assert_int_eq(rtp.first, 0);
}
END_TEST

START_TEST(packets_that_take_longer_are_late)
{
    uint16_t number = 0;

    begin();
    /* The RTP time overflows on the way, and the first second, with a keyframe
     * of the past, is not judged. */
    add(96, number++, 0, 900);
    for (int64_t made = 900; made < 3000; made += 100) {
        add(96, number++, made, 20);
    }
    ck_assert_uint_eq(sum().judged, 11);
    ck_assert_uint_eq(sum().late, 0);
    add(96, number++, 3000, 160);
    ck_assert_uint_eq(sum().late, 0);
    add(96, number++, 3000, 180);
    ck_assert_uint_eq(sum().late, 1);
    /* After 10 s, a way that has become longer is the usual one. */
    for (int64_t made = 3100; made < 20000; made += 100) {
        add(96, number++, made, 300);
    }
    ck_assert_uint_ge(sum().late, 50);
    ck_assert_uint_le(sum().late, 110);
    ck_assert_uint_eq(sum().lost, 0);
}
END_TEST

#define FINGERPRINT                                                           \
    "a=fingerprint:sha-256 "                                                  \
    "01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17"    \
    ":18:19:1A:1B:1C:1D:1E:1F:FF\r\n"
#define HEAD                                                                  \
    "v=0\r\na=group:BUNDLE v\r\n" FINGERPRINT                                 \
    "m=video 9 UDP/TLS/RTP/SAVPF 100 101\r\na=mid:v\r\na=ice-ufrag:theirs"    \
    "\r\na=ice-pwd:secret\r\na=setup:active\r\na=rtpmap:100 H264/90000\r\n"   \
    "a=rtcp-fb:100 nack\r\na=rtpmap:101 rtx/90000\r\na=fmtp:101 apt=100\r\n"
#define CANDIDATES                                                            \
    "a=candidate:1 1 tcp 1 192.0.2.1 9 typ host\r\n"                          \
    "a=candidate:2 1 udp 1 2001:db8::1 9 typ host\r\n"                        \
    "a=candidate:3 1 udp 1 192.0.2.1 30001 typ host\r\n"                      \
    "a=candidate:4 1 UDP 1 198.51.100.9 30002 typ host\r\n"

START_TEST(an_offer_is_read)
{
    load_offer_t offer;
    const char *why;

    ck_assert(load_offer_read(HEAD CANDIDATES, &offer, &why));
    ck_assert_str_eq(offer.ufrag, "theirs");
    ck_assert_str_eq(offer.password, "secret");
    ck_assert_int_eq(offer.payload_type, 100);
    ck_assert_int_eq(offer.clock_rate, 90000);
    ck_assert_int_eq(offer.fingerprint[9], 10);
    ck_assert_int_eq(offer.fingerprint[31], 255);
    ck_assert_uint_eq(offer.count, 2);
    ck_assert_int_eq(ntohs(offer.candidates[1].sin_port), 30002);
}
END_TEST

START_TEST(an_offer_without_what_is_needed_is_refused)
{
    static const char *const bad[] = {
        "",
        HEAD,
        HEAD CANDIDATES "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
        "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 100\r\n" CANDIDATES,
    };
    load_offer_t offer;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;

        ck_assert(!load_offer_read(bad[i], &offer, &why));
        ck_assert_ptr_nonnull(why);
    }
}
END_TEST

START_TEST(the_answer_takes_all_formats)
{
    char answer[4096];

    ck_assert(load_offer_answer(HEAD CANDIDATES, "mine", "word", "AB:CD",
                                answer, sizeof answer));
    ck_assert_ptr_nonnull(
        strstr(answer, "m=video 9 UDP/TLS/RTP/SAVPF 100 101\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "a=mid:v\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "a=rtcp-fb:100 nack\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "a=fmtp:101 apt=100\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "a=ice-ufrag:mine\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "a=setup:passive\r\n"));
    ck_assert_ptr_null(strstr(answer, "candidate"));
    ck_assert(!load_offer_answer(HEAD CANDIDATES, "mine", "word", "AB:CD",
                                 answer, 100));
}
END_TEST

TCase *load_tests(void)
{
    TCase *cases = tcase_create("load");

    tcase_add_test(cases, packets_that_are_missing_are_lost);
    tcase_add_test(cases, other_packets_do_not_count);
    tcase_add_test(cases, packets_that_take_longer_are_late);
    tcase_add_test(cases, an_offer_is_read);
    tcase_add_test(cases, an_offer_without_what_is_needed_is_refused);
    tcase_add_test(cases, the_answer_takes_all_formats);
    return cases;
}
