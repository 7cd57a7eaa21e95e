/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "views/agent.h"
#include "views/agent_names.h"

#include <stdlib.h>
#include <string.h>

#define ON_WINDOWS "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
#define ON_MACOS   "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
#define ON_LINUX   "Mozilla/5.0 (X11; Linux x86_64) "
#define ON_CROS    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) "
#define ON_ANDROID "Mozilla/5.0 (Linux; Android 10; K) "
#define WEBVIEW    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) "
#define ON_IPHONE  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) "
#define ON_IPAD    "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) "
#define BLINK      "AppleWebKit/537.36 (KHTML, like Gecko) "
#define WEBKIT     "AppleWebKit/605.1.15 (KHTML, like Gecko) "
#define CHROME     "Chrome/140.0.0.0 Safari/537.36"
#define CHROMEM    "Chrome/140.0.0.0 Mobile Safari/537.36"
#define INSIDE     "Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36"
#define SAFARI     "Version/18.5 Safari/605.1.15"
#define SAFARIM    "Version/18.5 Mobile/15E148 Safari/604.1"

typedef struct {
    const char *browser, *os, *user_agent;
} sample_t;

static const sample_t samples[] = {
    /* Reduced User-Agent: version and model are placeholders. */
    { "chrome", "windows", ON_WINDOWS BLINK CHROME },
    { "chrome", "macos", ON_MACOS BLINK CHROME },
    { "chrome", "linux", ON_LINUX BLINK CHROME },
    { "chrome", "chromeos", ON_CROS BLINK CHROME },
    { "chrome", "android", ON_ANDROID BLINK CHROMEM },
    { "chrome", "android", ON_ANDROID BLINK CHROME },
    { "chrome", "chromeos",
      "Mozilla/5.0 (Linux; Android 11; HP Chromebook 14) " BLINK CHROME },
    { "chrome", "ios",
      ON_IPHONE WEBKIT "CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1" },
    { "chrome", "ios",
      ON_IPAD WEBKIT "CriOS/140.0 Mobile/15E148 Safari/604.1" },
    /* An iPad that requests desktop pages says Macintosh. */
    { "chrome", "ios",
      ON_MACOS WEBKIT "CriOS/140 Version/11.1.1 Safari/605.1" },
    { "chrome", "linux",
      ON_LINUX BLINK "Ubuntu Chromium/80.0.3987.87 Chrome/80.0.3987.87 "
                     "Safari/537.36" },
    { "chrome", "webos", "Mozilla/5.0 (Web0S; Linux/SmartTV) " BLINK CHROME },
    { "chrome", "webos",
      "Mozilla/5.0 (Web0S; Linux/SmartTV) " BLINK CHROME
      " HbbTV/1.6.1 (+DRM; LGE; 50; WEBOS22; W22;)" },
    { "chrome", "tizen",
      "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) " BLINK "Chrome/76.0 "
      "TV Safari/537.36" },
    { "chrome", "android",
      "Mozilla/5.0 (Linux; Android 13; moto edge 30) " BLINK CHROMEM },

    { "safari", "macos", ON_MACOS WEBKIT SAFARI },
    { "safari", "ios", ON_IPHONE WEBKIT SAFARIM },
    { "safari", "ios", ON_IPAD WEBKIT SAFARIM },
    { "safari", "ios",
      "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X) " WEBKIT
          SAFARIM },
    { "safari", "windows",
      "Mozilla/5.0 (Windows; U; Windows NT 6.1; en-US) AppleWebKit/533.18.1 "
      "(KHTML, like Gecko) Version/5.0.2 Safari/533.18.5" },

    { "edge", "windows", ON_WINDOWS BLINK CHROME " Edg/140.0.0.0" },
    { "edge", "macos", ON_MACOS BLINK CHROME " Edg/140.0.0.0" },
    { "edge", "linux", ON_LINUX BLINK CHROME " Edg/140.0.0.0" },
    { "edge", "android", ON_ANDROID BLINK CHROMEM " EdgA/140.0.0.0" },
    { "edge", "ios",
      ON_IPHONE WEBKIT
      "Version/18.0 EdgiOS/140.0 Mobile/15E148 Safari/605.1" },
    { "edge", "windows",
      ON_WINDOWS BLINK "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763" },
    { "edge", "windows",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) " BLINK
      "Chrome/64.0.3282.140 Safari/537.36 Edge/18.19041" },

    { "firefox", "windows",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 "
      "Firefox/140.0" },
    { "firefox", "macos",
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) "
      "Gecko/20100101 Firefox/140.0" },
    { "firefox", "linux",
      "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 "
      "Firefox/140.0" },
    { "firefox", "android",
      "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 "
      "Firefox/140.0" },
    { "firefox", "ios",
      ON_IPHONE WEBKIT "FxiOS/140.0 Mobile/15E148 Safari/605.1.15" },
    { "firefox", "ios", ON_MACOS WEBKIT "FxiOS/140 Safari/605.1.15" },
    { "firefox", "android",
      ON_ANDROID BLINK "Version/4.0 Focus/8.0 Chrome/70.0 Mobile "
                       "Safari/537.36" },
    { "firefox", "android",
      ON_ANDROID BLINK
      "Version/4.0 Klar/8.0 Chrome/70.0 Mobile Safari/537.36" },
    { "firefox", "other",
      "Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 "
      "Firefox/140.0" },
    { "firefox", "other",
      "Mozilla/5.0 (Mobile; Nokia_8110; rv:48.0) Gecko/48.0 Firefox/48.0 "
      "KAIOS/2.5" },

    { "samsung_internet", "android",
      ON_ANDROID BLINK "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile "
                       "Safari/537.36" },
    { "samsung_internet", "tizen",
      "Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) " BLINK
      "SamsungBrowser/7.0 Chrome/108.0 TV Safari/537.36" },

    { "opera", "windows", ON_WINDOWS BLINK CHROME " OPR/121.0.0.0" },
    { "opera", "macos", ON_MACOS BLINK CHROME " OPR/121.0.0.0" },
    { "opera", "linux", ON_LINUX BLINK CHROME " OPR/121.0.0.0" },
    { "opera", "android", ON_ANDROID BLINK CHROMEM " OPR/90.0.0.0" },
    { "opera", "android", ON_ANDROID BLINK CHROMEM " OPT/2.9" },
    { "opera", "ios", ON_IPHONE WEBKIT SAFARIM " OPT/5.6.1" },
    { "opera", "ios", ON_IPHONE WEBKIT SAFARIM " OPX/2.8.0" },
    { "opera", "ios",
      ON_IPHONE WEBKIT "OPiOS/16.0.15 Mobile/15E148 Safari/9537.53" },
    { "opera", "windows",
      "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.229 Version/11.62" },
    { "opera", "windows",
      "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; en) Opera 8.54" },
    { "opera", "android",
      "Opera/9.80 (Android; Opera Mini/36.2.2254/191.303; U; en) "
      "Presto/2.12.423 Version/12.16" },
    { "opera", "other",
      "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1/191; U; en) Presto/2.12 "
      "Version/12.16" },
    { "opera", "android",
      WEBVIEW BLINK "Version/4.0 " CHROMEM " OPR/84.0.2254" },
    { "opera", "linux", "Mozilla/5.0 (Linux) " BLINK CHROME " OMI/4.23.1" },

    { "yandex", "windows",
      ON_WINDOWS BLINK "Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36" },
    { "yandex", "android",
      "Mozilla/5.0 (Linux; arm_64; Android 14; X) " BLINK
      "Chrome/138.0.0.0 YaBrowser/25.8.0.0.00 SA/3 Mobile Safari/537.36" },
    { "yandex", "ios",
      ON_IPHONE WEBKIT "Version/18.0 YaBrowser/25.8.0.0 Mobile/15E148 "
                       "Safari/604.1" },
    { "yandex", "android", WEBVIEW BLINK INSIDE " YandexSearch/8.05" },
    { "yandex", "windows",
      ON_WINDOWS BLINK "Chrome/138.0.0.0 Yowser/2.5 Safari/537.36" },

    { "uc_browser", "android",
      "Mozilla/5.0 (Linux; U; Android 12; en-US; X Build/S) " BLINK
      "Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.6.8.1317 Mobile "
      "Safari/537.36" },
    { "uc_browser", "android",
      "UCWEB/2.0 (Linux; U; Adr 4.2.2; en-US; X) U2/1.0.0 "
      "UCBrowser/9.0.1.294 U2/1.0.0 Mobile" },
    { "uc_browser", "windows",
      ON_WINDOWS BLINK "Chrome/69.0.3497.100 UBrowser/7.0.185.1002 "
                       "Safari/537.36" },
    { "uc_browser", "ios",
      ON_IPHONE WEBKIT "Mobile/15E148 UCBrowser/11.3.5.1203 Mobile" },
    { "uc_browser", "other",
      "Mozilla/5.0 (compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; "
      "IEMobile/10.0; ARM; X) UCBrowser/4.2.1.541 Mobile" },

    { "brave", "ios", ON_IPHONE WEBKIT "Mobile/15E148 Safari/604.1 Brave" },
    { "brave", "macos",
      ON_MACOS WEBKIT "Brave/1 Version/18.5 Safari/605.1.15" },
    { "brave", "android", ON_ANDROID BLINK "Brave " CHROMEM },

    { "silk", "android",
      "Mozilla/5.0 (Linux; Android 9; KFMAWI) " BLINK
      "Silk/130.5.2 like Chrome/130.0.0.0 Safari/537.36" },
    { "silk", "android",
      "Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; en-us; "
      "Silk/1.0.22.153) AppleWebKit/533.16 (KHTML, like Gecko) Version/5.0 "
      "Safari/533.16 Silk-Accelerated=true" },

    { "ie", "windows",
      "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like "
      "Gecko" },
    { "ie", "windows",
      "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; "
      ".NET CLR 2.0.50727; .NET4.0C)" },
    { "ie", "windows", "Mozilla/4.0 (compatible; MSIE 5.0; Windows 98)" },
    { "ie", "macos", "Mozilla/4.0 (compatible; MSIE 5.23; Mac_PowerPC)" },
    { "ie", "other",
      "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; "
      "Trident/7.0; Touch; rv:11.0; IEMobile/11.0; X) like iPhone OS 7_0_3 "
      "Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537" },

    { "in_app", "android", WEBVIEW BLINK INSIDE },
    { "in_app", "android",
      "Mozilla/5.0 (Linux; Android 4.4.2; X Build/K) " BLINK
      "Version/4.0 Chrome/30.0.0.0 Mobile Safari/537.36" },
    { "in_app", "android",
      WEBVIEW BLINK INSIDE " [FB_IAB/FB4A;FBAV/500.0.0.0;]" },
    { "in_app", "android", WEBVIEW BLINK INSIDE " Instagram 380.0 Android" },
    { "in_app", "android", WEBVIEW BLINK INSIDE " Line/15.0.0/IAB" },
    { "in_app", "android", WEBVIEW BLINK INSIDE " Foo/1.2" },
    { "in_app", "android",
      WEBVIEW BLINK "Version/4.0 Chrome/116.0 MQQBrowser/6.2 TBS/046 Mobile "
                    "Safari/537.36 MicroMessenger/8.0.49" },
    { "in_app", "android",
      WEBVIEW BLINK INSIDE " musical_ly_2023 BytedanceWebview/d8a21c6" },
    { "in_app", "android", WEBVIEW BLINK INSIDE " CamMonitor/1.2" },
    { "in_app", "ios", ON_IPHONE WEBKIT SAFARIM " Telegram-iOS/11.0" },
    { "in_app", "ios", ON_IPHONE WEBKIT "Mobile/15E148" },
    { "in_app", "ios",
      ON_IPHONE WEBKIT "Mobile/15E148 [FBAN/FBIOS;FBAV/500.0;FBSN/iOS]" },
    { "in_app", "ios", ON_IPHONE WEBKIT "Mobile/15E148 Instagram 380.0" },
    { "in_app", "ios", ON_IPHONE WEBKIT "Mobile/15E148 Snapchat/13.0 (x)" },
    { "in_app", "ios",
      ON_IPHONE WEBKIT "GSA/380.0.7 Mobile/15E148 Safari/604.1" },
    { "in_app", "ios", ON_IPHONE WEBKIT "Mobile/15E148 Foo/1.2" },
    { "in_app", "macos", ON_MACOS WEBKIT },

    /* Browsers that name themselves and are not Chrome, Safari or Firefox. */
    { "other", "windows", ON_WINDOWS BLINK CHROME " Vivaldi/7.5.3735.54" },
    { "other", "windows", ON_WINDOWS BLINK "Whale/4.30 " CHROME },
    { "other", "windows", ON_WINDOWS BLINK CHROME " QQBrowser/13.0.6069.400" },
    { "other", "windows", ON_WINDOWS BLINK "coc_coc_browser/100.0 " CHROME },
    { "other", "windows", ON_WINDOWS BLINK CHROME " Foo/1.2" },
    { "other", "windows",
      ON_WINDOWS BLINK "Foo-Bar/4.3.1 Chrome/140.0 Electron/38.0 "
                       "Safari/537.36" },
    { "other", "android", ON_ANDROID BLINK CHROMEM " HuaweiBrowser/15.0.4" },
    { "other", "android",
      ON_ANDROID BLINK CHROMEM " XiaoMi/MiuiBrowser/14.4" },
    { "other", "android", WEBVIEW BLINK INSIDE " VivoBrowser/20.0" },
    { "other", "android",
      ON_ANDROID BLINK "Version/4.0 Chrome/140.0 Mobile DuckDuckGo/5 "
                       "Safari/537.36" },
    { "other", "ios", ON_IPHONE WEBKIT SAFARIM " Ddg/18.5" },
    { "other", "windows", ON_WINDOWS BLINK CHROME " Edg/140.0.0.0 Ddg/140.0" },
    { "other", "linux",
      "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0 "
      "SeaMonkey/2.53" },
    /* Browsers that claim to be like Safari. */
    { "other", "android",
      "Mozilla/5.0 (Linux; U; Android 4.0.4; en-us; X Build/I) "
      "AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile "
      "Safari/534.30" },
    { "other", "linux", ON_LINUX WEBKIT SAFARI },
    { "other", "other",
      "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) " WEBKIT
      "Version/13.0 Safari/605.1.15" },
    { "other", "other", "Foo" },
    { "other", "other", "-" },
    { "other", "android", "Dalvik/2.1.0 (Linux; U; Android 12; X)" },

    /* Browsers whose names only resemble those of bots. */
    { "chrome", "android",
      "Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_X18_Plus) " BLINK CHROMEM },
    { "chrome", "android",
      "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) " BLINK CHROMEM },
    { "chrome", "android",
      "Mozilla/5.0 (Linux; Android 7.0; M bot 60) " BLINK CHROMEM },
    { "chrome", "android",
      "Mozilla/5.0 (Linux; Android 12; Bottle) " BLINK CHROMEM },
};

START_TEST(knows_the_user_agent)
{
    const sample_t *s = &samples[_i];
    cctv_agent_t agent = cctv_agent_classify(s->user_agent, NULL, NULL);

    ck_assert_msg(strcmp(cctv_browser_name(agent.browser), s->browser) == 0
                      && strcmp(cctv_os_name(agent.os), s->os) == 0,
                  "%s on %s: %s", cctv_browser_name(agent.browser),
                  cctv_os_name(agent.os), s->user_agent);
}
END_TEST

/* The systems that bots name are made up. */
static const char *const bots[] = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; "
    "+http://www.google.com/bot.html)",
    ON_ANDROID BLINK CHROMEM " (compatible; Googlebot/2.1)",
    ON_IPHONE WEBKIT SAFARIM " (Applebot/0.1)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Mozilla/5.0 (compatible; EXAMPLEBOT)",
    "Mozilla/5.0 (compatible; Foo; +https://example.com)",
    "Mozilla/5.0 (compatible; Foo; http://example.com)",
    "Mozilla/5.0 (compatible; FooCrawler)",
    "Mozilla/5.0 (compatible; GPTBot/1.2)",
    "AdsBot-Google (+http://www.google.com/adsbot.html)",
    "Mediapartners-Google",
    ON_LINUX BLINK "HeadlessChrome/140.0.0.0 Safari/537.36",
    ON_LINUX BLINK CHROME " Chrome-Lighthouse",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0 A",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "curl/8.5.0",
    "Wget/1.21.4",
    "python-requests/2.32.3",
    "Python/3.12 aiohttp/3.9.5",
    "Python-urllib/3.12",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Java/17.0.1",
    "Apache-HttpClient/4.5.14 (Java/17.0.1)",
    "libwww-perl/6.67",
    "axios/1.7.2",
    "node-fetch/1.0",
    "undici",
    "got (https://github.com/sindresorhus/got)",
    "PostmanRuntime/7.39.0",
    "GuzzleHttp/7",
    "Ruby/3.2",
    "HTTPie/3.2.2",
    "Scrapy/2.11 (+https://scrapy.org)",
    "check_http/v2.3.3 (monitoring-plugins 2.3.3)",
    "Prometheus/2.53.0",
    "UptimeRobot/2.0",
    "Pingdom.com_bot_version_1.4",
    "Zabbix",
    "Nmap Scripting Engine",
    "ia_archiver",
};

START_TEST(knows_a_bot)
{
    cctv_agent_t agent = cctv_agent_classify(bots[_i], NULL, NULL);

    ck_assert_msg(agent.browser == CCTV_BROWSER_BOT && agent.os == CCTV_OS_BOT,
                  "%s", bots[_i]);
}
END_TEST

typedef struct {
    const char *browser, *os, *user_agent, *ch_ua, *ch_ua_platform;
} hint_t;

#define GREASE   "\"Not=A?Brand\";v=\"24\", "
#define CHROMIUM "\"Chromium\";v=\"140\", "

static const hint_t hints[] = {
    { "chrome", "windows", ON_WINDOWS BLINK CHROME,
      CHROMIUM GREASE "\"Google Chrome\";v=\"140\"", "\"Windows\"" },
    { "chrome", "macos", ON_WINDOWS BLINK CHROME,
      "\"Google Chrome\";v=\"140\", " CHROMIUM GREASE, "\"macOS\"" },
    { "chrome", "chromeos", NULL, CHROMIUM GREASE, "\"Chrome OS\"" },
    { "chrome", "chromeos", NULL, CHROMIUM GREASE, "\"Chromium OS\"" },
    { "chrome", "linux", ON_LINUX BLINK CHROME, CHROMIUM GREASE, "\"Linux\"" },
    { "edge", "windows", ON_WINDOWS BLINK CHROME,
      CHROMIUM "\"Microsoft Edge\";v=\"140\"", "\"Windows\"" },
    { "opera", "windows", ON_WINDOWS BLINK CHROME,
      CHROMIUM "\"Opera\";v=\"121\"", "\"Windows\"" },
    { "opera", "windows", ON_WINDOWS BLINK CHROME,
      CHROMIUM "\"Opera GX\";v=\"121\"", "\"Windows\"" },
    { "brave", "linux", ON_LINUX BLINK CHROME,
      GREASE CHROMIUM "\"Brave\";v=\"140\"", "\"Linux\"" },
    { "brave", "android", ON_ANDROID BLINK CHROMEM,
      CHROMIUM "\"Brave Browser\";v=\"140\"", "\"Android\"" },
    { "yandex", "windows", ON_WINDOWS BLINK CHROME,
      CHROMIUM "\"Yowser\";v=\"2.5\", \"YaBrowser\";v=\"25.8\"",
      "\"Windows\"" },
    { "samsung_internet", "android", ON_ANDROID BLINK CHROMEM,
      CHROMIUM "\"Samsung Internet\";v=\"28.0\"", "\"Android\"" },
    { "in_app", "android", ON_ANDROID BLINK CHROMEM,
      CHROMIUM "\"Android WebView\";v=\"140\"", "\"Android\"" },
    { "in_app", "windows", ON_WINDOWS BLINK CHROME " Edg/140.0.0.0",
      CHROMIUM "\"Microsoft Edge\";v=\"140\", "
               "\"Microsoft Edge WebView2\";v=\"140\"",
      "\"Windows\"" },
    /* An unknown brand takes precedence over Chromium, and a known brand over
     * an unknown one. */
    { "other", "windows", ON_WINDOWS BLINK CHROME,
      CHROMIUM "\"Vivaldi\";v=\"7.5\"", "\"Windows\"" },
    { "edge", "windows", ON_WINDOWS BLINK CHROME,
      "\"Foo\";v=\"1\", \"Microsoft Edge\";v=\"140\"", "\"Windows\"" },
    /* User-Agent is more specific than some of these hints. */
    { "yandex", "android", WEBVIEW BLINK "YaBrowser/25.8 " CHROMEM,
      CHROMIUM "\"Android WebView\";v=\"140\"", "\"Android\"" },
    { "opera", "linux", ON_LINUX BLINK CHROME " OPR/121.0.0.0", CHROMIUM,
      "\"Linux\"" },
    { "chrome", "android", ON_LINUX BLINK CHROME " Foo/1.2",
      CHROMIUM "\"Google Chrome\";v=\"140\"", "\"Android\"" },
    { "chrome", "webos", "Mozilla/5.0 (Web0S; Linux/SmartTV) " BLINK CHROME,
      CHROMIUM, "\"Linux\"" },
    /* A bot in User-Agent stays a bot, whatever the hints say. */
    { "bot", "bot", ON_LINUX BLINK CHROME,
      CHROMIUM "\"HeadlessChrome\";v=\"140\"", "\"Linux\"" },
    { "bot", "bot", ON_ANDROID BLINK CHROMEM " (compatible; Googlebot/2.1)",
      CHROMIUM "\"Google Chrome\";v=\"140\"", "\"Android\"" },
    /* Brands that do not exist (GREASE). */
    { "firefox", "linux", "Firefox/140.0 (Linux)", "\" Not A;Brand\";v=\"99\"",
      NULL },
    { "firefox", "linux", "Firefox/140.0 (Linux)",
      "\"\\\\Not\\\"A\\\\Brand\";v=\"99\"", NULL },
    { "firefox", "linux", "Firefox/140.0 (Linux)",
      "\"(Not;Any)Brand\";v=\"8\", \"Not/A)Brand\";v=\"8\"", NULL },
    { "edge", "unknown", NULL,
      "\"Not\\\"A, \\\\Brand\";v=\"1,2\", \"Microsoft Edge\"", NULL },
    /* The brand is the first string of an entry. */
    { "chrome", "unknown", NULL, "\"Chromium\";x=\"Opera\"", NULL },
    { "chrome", "unknown", NULL, "\"Chromium\" \"Opera\"", NULL },
    /* Malformed or empty hints. */
    { "firefox", "linux", "Firefox/140.0 (Linux)", "", "" },
    { "firefox", "linux", "Firefox/140.0 (Linux)", "\"Chrom", "\"\"" },
    { "firefox", "linux", "Firefox/140.0 (Linux)", "Opera, Edge", "\"" },
    { "firefox", "linux", "Firefox/140.0 (Linux)", "\"\", \"\\", "\\" },
    { "firefox", "linux", "Firefox/140.0 (Linux)", ",,;;=\"", "?" },
    { "unknown", "unknown", NULL, "\"", "\"Unknown\"" },
    { "unknown", "windows", NULL, NULL, "Windows" },
    { "other", "windows", "Foo", NULL, "\"Windows\"" },
    { "chrome", "linux", ON_LINUX BLINK CHROME, NULL, "\"Unknown\"" },
    { "chrome", "other", ON_LINUX BLINK CHROME, NULL, "\"Fuchsia\"" },
    { "chrome", "other", ON_LINUX BLINK CHROME, NULL,
      "\"A system whose name is longer than any that is in a table\"" },
    /* No header at all. */
    { "unknown", "unknown", NULL, NULL, NULL },
    { "unknown", "unknown", "", NULL, NULL },
    { "unknown", "unknown", " \t ", "", "" },
};

START_TEST(hints_come_first)
{
    const hint_t *h = &hints[_i];
    cctv_agent_t agent = cctv_agent_classify(h->user_agent, h->ch_ua,
                                             h->ch_ua_platform);

    ck_assert_msg(strcmp(cctv_browser_name(agent.browser), h->browser) == 0
                      && strcmp(cctv_os_name(agent.os), h->os) == 0,
                  "%s on %s: %s | %s | %s", cctv_browser_name(agent.browser),
                  cctv_os_name(agent.os),
                  h->user_agent != NULL ? h->user_agent : "-",
                  h->ch_ua != NULL ? h->ch_ua : "-",
                  h->ch_ua_platform != NULL ? h->ch_ua_platform : "-");
}
END_TEST

START_TEST(of_a_long_header_the_beginning_counts)
{
    const char *start = ON_WINDOWS BLINK CHROME " Edg/140.0.0.0 ";
    const char *end = " Googlebot/2.1 (+http://example.com)";
    size_t len = 100 * 1024, i;
    char *header = malloc(len + 1);
    cctv_agent_t agent;

    ck_assert_ptr_nonnull(header);
    for (i = 0; i < len; i++) {
        header[i] = "x (\"\\,"[i % 6];
    }
    header[len] = '\0';
    memcpy(header, start, strlen(start));
    memcpy(header + len - strlen(end), end, strlen(end));
    agent = cctv_agent_classify(header, NULL, NULL);
    ck_assert_int_eq(agent.browser, CCTV_BROWSER_EDGE);
    ck_assert_int_eq(agent.os, CCTV_OS_WINDOWS);
    cctv_agent_classify(header, header, header);
    free(header);
}
END_TEST

START_TEST(any_byte_will_do)
{
    char header[258];
    cctv_agent_t agent;
    int i;

    for (i = 1; i <= 255; i++) {
        header[i - 1] = (char)(unsigned char)i;
    }
    header[255] = '\0';
    agent = cctv_agent_classify(header, header, header);
    ck_assert_int_eq(agent.browser, CCTV_BROWSER_OTHER);
    agent = cctv_agent_classify("\x80\xFF Chrome/1\xC3 (((", "\xFF\"\xFF\"",
                                "\xFF");
    ck_assert_int_eq(agent.browser, CCTV_BROWSER_CHROME);
    ck_assert_int_eq(agent.os, CCTV_OS_OTHER);
}
END_TEST

START_TEST(labels_are_labels)
{
    const char *allowed = "abcdefghijklmnopqrstuvwxyz_";
    int i;

    /* The numbers of browsers and systems fit into 4 bits. */
    ck_assert_int_le(CCTV_BROWSERS, 16);
    ck_assert_int_le(CCTV_OSES, 16);
    for (i = 0; i < CCTV_BROWSERS; i++) {
        const char *label = cctv_browser_name((cctv_browser_t)i);

        ck_assert_int_gt((int)strlen(label), 0);
        ck_assert_int_eq((int)strspn(label, allowed), (int)strlen(label));
    }
    for (i = 0; i < CCTV_OSES; i++) {
        const char *label = cctv_os_name((cctv_os_t)i);

        ck_assert_int_gt((int)strlen(label), 0);
        ck_assert_int_eq((int)strspn(label, allowed), (int)strlen(label));
    }
    ck_assert_str_eq(cctv_browser_name(CCTV_BROWSERS), "other");
    ck_assert_str_eq(cctv_os_name(CCTV_OSES), "other");
}
END_TEST

/* The state file contains these numbers, so they must not change. */
START_TEST(numbers_stay)
{
    ck_assert_int_eq(CCTV_BROWSER_UNKNOWN, 0);
    ck_assert_int_eq(CCTV_BROWSER_CHROME, 3);
    ck_assert_int_eq(CCTV_BROWSER_IE, 14);
    ck_assert_int_eq(CCTV_OS_UNKNOWN, 0);
    ck_assert_int_eq(CCTV_OS_WINDOWS, 3);
    ck_assert_int_eq(CCTV_OS_WEBOS, 10);
}
END_TEST

static void check_order(const name_t *names, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        ck_assert_ptr_nonnull(
            memchr(names[i].text, '\0', sizeof names[i].text));
        ck_assert_msg(strlen(names[i].text) >= 2, "%s", names[i].text);
        ck_assert_msg(i == 0 || strcmp(names[i - 1].text, names[i].text) < 0,
                      "%s", names[i].text);
    }
}

START_TEST(names_are_in_order)
{
    check_order(browsers, sizeof browsers / sizeof browsers[0]);
    check_order(systems, sizeof systems / sizeof systems[0]);
    check_order(robots, sizeof robots / sizeof robots[0]);
    check_order(crawlers, sizeof crawlers / sizeof crawlers[0]);
    check_order(crawlers_first,
                sizeof crawlers_first / sizeof crawlers_first[0]);
}
END_TEST

TCase *agent_tests(void)
{
    TCase *tc = tcase_create("agent");

    tcase_add_loop_test(tc, knows_the_user_agent, 0,
                        sizeof samples / sizeof samples[0]);
    tcase_add_loop_test(tc, knows_a_bot, 0, sizeof bots / sizeof bots[0]);
    tcase_add_loop_test(tc, hints_come_first, 0,
                        sizeof hints / sizeof hints[0]);
    tcase_add_test(tc, of_a_long_header_the_beginning_counts);
    tcase_add_test(tc, any_byte_will_do);
    tcase_add_test(tc, labels_are_labels);
    tcase_add_test(tc, numbers_stay);
    tcase_add_test(tc, names_are_in_order);
    return tc;
}
