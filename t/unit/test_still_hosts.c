/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "stills/hosts.h"
#include "stills/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* The address as a socket would have it. */
static cctv_address_t address(const char *text)
{
    struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in ipv4 = { .sin_family = AF_INET };
    cctv_address_t out;

    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
        ck_assert(cctv_address_of((const struct sockaddr *)&ipv4, &out));
    }
    else {
        ck_assert_msg(inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1, "%s",
                      text);
        ck_assert(cctv_address_of((const struct sockaddr *)&ipv6, &out));
    }
    return out;
}

/* Loopback, link-local, unspecified, multicast, reserved and metadata, in all
 * clothes. */
static const char *const refused[] = {
    "0.0.0.0",
    "0.0.0.1",
    "0.255.255.255",
    "127.0.0.1",
    "127.0.0.2",
    "127.1.2.3",
    "127.255.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.254",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::169.254.169.254",
    "::ffff:0.0.0.0",
    "::ffff:127.0.0.1",
    "::ffff:7f00:2",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
    "::ffff:255.255.255.255",
    "::ffff:100.100.100.200",
    "::ffff:0:127.0.0.1",
    "::ffff:0:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::0.0.0.0",
    "64:ff9b:1::1",
    "64:ff9b:1:ffff::10.0.0.1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:e000:1::",
    "2001::1",
    "2001:0:1:2::3",
    "2001:10::1",
    "2001:1ff:ffff::",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "fd00:42::42",
    "fd00:a9fe:a9fe::1",
    "fd00:ec2::23",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf:ffff::1",
    "fec0::1",
    "feff::1",
    "ff00::1",
    "ff02::1",
    "ff05::1:3",
    "ffff::1",
};

#define REFUSED_COUNT ((int)(sizeof refused / sizeof refused[0]))

_Static_assert(sizeof refused / sizeof refused[0] >= 60,
               "the issue asks for 60 addresses");

START_TEST(no_camera_has_this_address)
{
    cctv_address_t each = address(refused[_i]);

    ck_assert_msg(cctv_address_is_special(&each), "%s", refused[_i]);
    ck_assert_msg(!cctv_still_hosts_allow(NULL, "camera.example", &each), "%s",
                  refused[_i]);
}
END_TEST

START_TEST(cameras_have_these_addresses)
{
    static const char *const addresses[] = {
        "1.1.1.1",         "8.8.8.8",         "10.0.0.1",
        "10.255.255.255",  "172.16.0.1",      "172.31.255.255",
        "192.168.0.1",     "192.168.255.255", "100.64.0.1",
        "100.127.255.255", "126.255.255.255", "128.0.0.1",
        "169.253.255.255", "169.255.0.0",     "192.0.1.0",
        "192.0.3.1",       "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3",
        "2002:a00:1::1",   "2001:200::1",     "2001:4860::8888",
        "2a00::1",         "fc00::1",         "fd00::1",
        "fdff:ffff::1",    "fe00::1",
    };
    size_t i;

    for (i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        cctv_address_t each = address(addresses[i]);

        ck_assert_msg(cctv_still_hosts_allow(NULL, "camera.example", &each),
                      "%s", addresses[i]);
    }
}
END_TEST

START_TEST(other_sockets_have_no_address)
{
    struct sockaddr other = { .sa_family = AF_UNIX };
    cctv_address_t out;

    ck_assert(!cctv_address_of(&other, &out));
}
END_TEST

static bool allows(const char *list, const char *host, const char *text)
{
    cctv_still_hosts_t *hosts = cctv_still_hosts_make(pool);
    cctv_address_t each = address(text);
    char one[300];
    size_t len;

    for (; *list != '\0'; list += strspn(list, " ")) {
        len = strcspn(list, " ");
        memcpy(one, list, len);
        one[len] = '\0';
        ck_assert_msg(cctv_still_hosts_add(pool, hosts, one), "%s", one);
        list += len;
    }
    return cctv_still_hosts_allow(hosts, host, &each);
}

START_TEST(the_list_of_the_administrator)
{
    static const struct {
        const char *list;
        const char *host;
        const char *address;
        bool is_allowed;
    } cases[] = {
        { "", "a.example", "10.0.0.1", false },
        { "a.example", "a.example", "10.0.0.1", true },
        { "A.Example", "a.example", "10.0.0.1", true },
        { "a.example", "b.example", "10.0.0.1", false },
        { "a.example", "x.a.example", "10.0.0.1", false },
        { "*.example", "a.example", "10.0.0.1", true },
        { "*.example", "x.a.example", "10.0.0.1", true },
        { "*.example", "example", "10.0.0.1", false },
        { "*.example", "badexample", "10.0.0.1", false },
        { "*.example", ".example", "10.0.0.1", false },
        { "b.example a.example", "a.example", "10.0.0.1", true },
        /* A name does not allow what no camera has. */
        { "a.example", "a.example", "127.0.0.1", false },
        { "a.example", "a.example", "169.254.169.254", false },
        { "a.example", "a.example", "::ffff:127.0.0.1", false },
        { "localhost", "localhost", "::1", false },
        /* A network does. */
        { "127.0.0.1", "a.example", "127.0.0.1", true },
        { "127.0.0.1", "a.example", "::ffff:127.0.0.1", true },
        { "127.0.0.1", "127.0.0.1", "127.0.0.2", false },
        { "127.0.0.0/8", "a.example", "127.9.9.9", true },
        { "10.1.0.0/16", "a.example", "10.1.255.255", true },
        { "10.1.0.0/16", "a.example", "10.2.0.0", false },
        { "10.1.0.0/15", "a.example", "10.0.0.1", true },
        { "10.1.2.3/32", "10.1.2.3", "10.1.2.3", true },
        { "0.0.0.0/0", "a.example", "8.8.8.8", true },
        { "0.0.0.0/0", "a.example", "2a00::1", false },
        { "fe80::/10", "a.example", "fe80::1", true },
        { "2a00::/16 a.example", "b.example", "2a00::1", true },
        { "2a00::1", "b.example", "2a00::2", false },
        { "2a00::/127", "b.example", "2a00::2", false },
        { "::/0", "b.example", "::1", true },
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(allows(cases[i].list, cases[i].host, cases[i].address)
                          == cases[i].is_allowed,
                      "%s: %s at %s", cases[i].list, cases[i].host,
                      cases[i].address);
    }
}
END_TEST

START_TEST(what_is_neither_name_nor_network)
{
    static const char *const texts[] = {
        "",           "*",
        "*.",         ".example",
        "a b",        "a.example:80",
        "http://a",   "a/b",
        "10.1/16",    "10.1.0.0/33",
        "10.1.0.0/",  "10.1.0.0/-1",
        "10.1.0.0/x", "2a00::/129",
        "2130706433", "0x7f000001",
        "127.1",      "10.0.0.256",
        "[2a00::1]",  "*.1.2.3",
        "a@b",        "0177.0.0.1",
    };
    cctv_still_hosts_t *hosts = cctv_still_hosts_make(pool);
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_msg(!cctv_still_hosts_add(pool, hosts, texts[i]), "%s",
                      texts[i]);
    }
}
END_TEST

START_TEST(addresses_of_pictures)
{
    static const struct {
        const char *text;
        const char *host;
        int port;
        const char *path;
    } cases[] = {
        { "http://h", "h", 80, "" },
        { "HTTPS://Cam.Example/a?b#c", "cam.example", 443, "/a?b#c" },
        { "http://10.1.2.3:8080?x", "10.1.2.3", 8080, "?x" },
        { "http://[2A00::1]:81/x", "2a00::1", 81, "/x" },
        { "http://h/{user}@x", "h", 80, "/{user}@x" },
        { "rtsp://h/", NULL, 0, NULL },
        { "ftp://h/", NULL, 0, NULL },
        { "http:/h", NULL, 0, NULL },
        { "http://", NULL, 0, NULL },
        { "http://user@h/", NULL, 0, NULL },
        { "http://user:pass@h/", NULL, 0, NULL },
        { "http://a.example\\@b.example/", NULL, 0, NULL },
        { "http://a.example;b/", NULL, 0, NULL },
        { "http://h:0/", NULL, 0, NULL },
        { "http://h:65536/", NULL, 0, NULL },
        { "http://h:80x/", NULL, 0, NULL },
        { "http://h/a b", NULL, 0, NULL },
        { "http://h/a\r\nX: y", NULL, 0, NULL },
        { "http://[::1", NULL, 0, NULL },
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cctv_still_url_t url;
        bool is_right = cctv_still_url_parse(cases[i].text, &url);

        ck_assert_msg(is_right == (cases[i].host != NULL), "%s",
                      cases[i].text);
        if (is_right) {
            ck_assert_str_eq(url.host, cases[i].host);
            ck_assert_int_eq(url.port, cases[i].port);
            ck_assert_str_eq(url.path, cases[i].path);
        }
    }
}
END_TEST

TCase *still_hosts_tests(void)
{
    TCase *tests = tcase_create("still hosts");

    tcase_add_loop_test(tests, no_camera_has_this_address, 0, REFUSED_COUNT);
    tcase_add_test(tests, cameras_have_these_addresses);
    tcase_add_test(tests, other_sockets_have_no_address);
    tcase_add_test(tests, the_list_of_the_administrator);
    tcase_add_test(tests, what_is_neither_name_nor_network);
    tcase_add_test(tests, addresses_of_pictures);
    return tests;
}
