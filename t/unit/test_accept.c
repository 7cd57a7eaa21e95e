/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/accept.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

#define OM   "application/openmetrics-text"
#define TEXT "text/plain"

static const char *const openmetrics[] = {
    OM,
    OM ";version=1.0.0",
    OM "; version=1.0.0; charset=utf-8",
    OM " ; Version = \"1.0.0\" ",
    "Application/OpenMetrics-Text",
    OM ";version=",
    /* Prometheus 2 and 3, and compatible collectors. */
    OM ";version=1.0.0," OM ";version=0.0.1;q=0.75," TEXT
       ";version=0.0.4;q=0.5,*/*;q=0.1",
    OM ";version=1.0.0;escaping=allow-utf-8;q=0.5," OM
       ";version=0.0.1;q=0.4," TEXT
       ";version=1.0.0;escaping=allow-utf-8;q=0.3," TEXT
       ";version=0.0.4;q=0.2,*/*;q=0.1",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
    "encoding=delimited;q=0.6," OM ";version=1.0.0;q=0.5," TEXT
    ";version=0.0.4;q=0.3,*/*;q=0.2",
    OM ";q=0.9, " TEXT ";q=0.8",
    OM ";q=0.5," TEXT ";q=0.499",
    TEXT ";q=0.001," OM ";q=0.002",
    OM ";q=1.000," TEXT ";q=0.999",
    OM "," TEXT ";q=0",
    OM ";q=0.001",
    "*/*," TEXT ";q=0",
    "*/*;q=0.8,text/*;q=0.5",
    "application/*",
    "application/*;q=0.2," TEXT ";q=0.1",
    OM ";q=0.3,*/*;q=0.9," TEXT ";q=0.1",
    /* Another version of the text format is not the one we offer. */
    OM ";q=0.5," TEXT ";version=1.0.0",
    /* A range that names the version takes precedence over one without. */
    OM ";q=0.1," OM ";version=1.0.0;q=0.9," TEXT ";q=0.5",
    OM ";version=1.0.0;q=0.9," OM ";q=0.1," TEXT ";q=0.5",
    TEXT ";version=0.0.4;q=0.2," TEXT "," OM ";q=0.5",
    /* The same range twice. */
    OM ";q=0.1," OM ";q=0.9," TEXT ";q=0.5",
    /* A comma in a quoted string separates nothing. */
    OM ";x=\"a,b;q=0\"",
    OM ";x=\"\\\",\\\\\";q=0.5," TEXT ";q=0.4",
    TEXT ";x=\"," OM ";q=0\";q=0.1," OM ";q=0.2",
    /* Malformed ranges are ignored. */
    ",,, ;, " OM,
    OM ";q=0.2," TEXT ";q=x",
    OM ";q=0.2," TEXT ";q=",
    OM ";q=0.2," TEXT ";q=-1",
    OM ";q=0.2," TEXT ";q=2",
    OM ";q=0.2," TEXT ";q=0,5",
    OM ";q=0.2," TEXT ";q=0.5.1",
    OM ";q=0.2," TEXT ";q=00.5",
    OM ";q=0.2,text",
    OM ";q=0.2,*",
    OM ";q=0.2,/,text/",
    OM ";q=0.12345," TEXT ";q=0.122999",
    OM ";q=1.," TEXT ";q=0.",
    OM ";q=1.5," TEXT ";q=0.9",
    OM ";;q=0.9;," TEXT ";q=0.8",
    OM ";q=0.9;ext," TEXT ";q=0.8",
};

START_TEST(prefers_openmetrics)
{
    ck_assert_msg(cctv_accept_openmetrics(openmetrics[_i]), "%s",
                  openmetrics[_i]);
}
END_TEST

static const char *const text[] = {
    "",
    " ",
    ",",
    ";",
    "*/*",
    TEXT,
    TEXT ";version=0.0.4",
    "text/*",
    /* A browser. */
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"
    "image/webp,*/*;q=0.8",
    "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    "application/json",
    /* OpenMetrics needs the greater weight. */
    OM "," TEXT,
    OM ";version=1.0.0;q=0.5," TEXT ";version=0.0.4;q=0.5",
    OM ";q=0.5,*/*;q=0.5",
    OM ";q=0.8," TEXT ";q=0.9",
    OM ";q=0",
    OM ";q=0.000",
    OM ";q=0,*/*",
    "*/*;q=0",
    OM ";q=0.1239," TEXT ";q=0.1231",
    /* Prometheus up to 2.27 asks only for the draft version. */
    OM "; version=0.0.1," TEXT ";version=0.0.4;q=0.5,*/*;q=0.1",
    OM ";version=0.0.1",
    OM ";version=2.0.0",
    OM ";version=\"1.0.0",
    OM ";version=1.0",
    "application/vnd.google.protobuf;q=0.7," TEXT ";version=0.0.4;q=0.3",
    "application/openmetrics",
    "application/openmetrics-textx",
    "xapplication/openmetrics-text",
    "application/openmetrics-text/x",
    "application / openmetrics-text",
    OM " x",
    OM ";q=0.5;q=0",
    OM ";q=\"x\"",
    TEXT ";x=\"a," OM "\"",
    TEXT ";x=\"," OM,
    "*/openmetrics-text",
    "application/*;q=0.9," OM ";q=0.1," TEXT ";q=0.5",
    "*",
    "/",
    "\"",
    "\\",
};

START_TEST(prefers_text)
{
    ck_assert_msg(!cctv_accept_openmetrics(text[_i]), "%s", text[_i]);
}
END_TEST

START_TEST(who_says_nothing_gets_text)
{
    ck_assert(!cctv_accept_openmetrics(NULL));
}
END_TEST

START_TEST(events_have_to_be_asked_for)
{
    static const char *const events[] = {
        "text/event-stream",
        "Text/Event-Stream; charset=utf-8",
        "text/*, application/json;q=0.9",
        "application/json;q=0.5, text/event-stream",
    };
    static const char *const json[] = {
        "",
        "*/*",
        "text/html",
        "application/json",
        "text/event-stream;q=0",
        "text/event-stream, application/json",
        "application/*, text/event-stream;q=0.9",
    };
    size_t i;

    for (i = 0; i < COUNT(events); i++) {
        ck_assert_msg(cctv_accept_event_stream(events[i]), "%s", events[i]);
    }
    for (i = 0; i < COUNT(json); i++) {
        ck_assert_msg(!cctv_accept_event_stream(json[i]), "%s", json[i]);
    }
    ck_assert(!cctv_accept_event_stream(NULL));
}
END_TEST

TCase *accept_tests(void)
{
    TCase *tc = tcase_create("accept");

    tcase_add_loop_test(tc, prefers_openmetrics, 0, COUNT(openmetrics));
    tcase_add_loop_test(tc, prefers_text, 0, COUNT(text));
    tcase_add_test(tc, who_says_nothing_gets_text);
    tcase_add_test(tc, events_have_to_be_asked_for);
    return tc;
}
