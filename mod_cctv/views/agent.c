/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent.c
 * @brief Which browser and which operating system a viewer uses.
 * Layer: pure.
 */
#include "views/agent.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Browsers name themselves within some hundred bytes. Who sends more than
 * this wants work done, or says nothing new. */
#define LOOK_AT 1024

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/*
 * A browser names its ancestors too: Edge says Mozilla, Chrome, Safari and
 * Edg. So each name has a rank, and the highest that is found counts; of
 * equals, the first.
 */
enum {
    NOTHING,
    ENGINE,      /* AppleWebKit: any page on an Apple system */
    BASE,        /* Safari: nearly everybody says it */
    COMMON,      /* Chrome, Firefox, MSIE: others are made of them */
    UNLISTED,    /* a product that no table knows */
    WEBVIEW,     /* part of an application, which may be a browser */
    BRAND,       /* only this one says it */
    APP,         /* an application, whatever browser is in it */
    HINT_CHROME, /* others that are made of it may name it as well */
    HINT,
    HINT_APP,
    ROBOT
};

/* The same for systems: Android says Linux, webOS says Linux, Windows Phone
 * says Android and iPhone. */
enum {
    KERNEL = 1,
    SYSTEM,
    HINT_LINUX,
    DEVICE,
    PHONE,
    HINT_SYSTEM
};

typedef struct {
    const char *text;
    unsigned char browser, browser_rank;
    unsigned char os, os_rank;
} name_t;

#define NEITHER NOTHING, NOTHING
#define BROWSER(text, b, rank)                                                \
    {                                                                         \
        text, CCTV_BROWSER_##b, rank, NEITHER                                 \
    }
#define SAYS(text, s, rank)                                                   \
    {                                                                         \
        text, NEITHER, CCTV_OS_##s, rank                                      \
    }
#define BOTH(text, b, s)                                                      \
    {                                                                         \
        text, CCTV_BROWSER_##b, BRAND, CCTV_OS_##s, DEVICE                    \
    }
#define BOT(text)                                                             \
    {                                                                         \
        text, CCTV_BROWSER_BOT, ROBOT, NEITHER                                \
    }
#define NO_NAME(text)                                                         \
    {                                                                         \
        text, NEITHER, NEITHER                                                \
    }

/*
 * What stands at the start of a word of User-Agent, in lower case. A text
 * that ends in a letter matches where no further letter follows. In the order
 * of the first byte; of one byte, the longer before the shorter.
 */
static const name_t names[] = {
    BOT("+http:"),
    BOT("+https:"),
    BROWSER(".com", BOT, BASE),
    BROWSER(".io/", BOT, BASE),
    BROWSER("360se", OTHER, BRAND),
    BROWSER("@", BOT, BASE),
    SAYS("adr", ANDROID, SYSTEM),
    BOT("aiohttp"),
    BROWSER("alipayclient", IN_APP, APP),
    BROWSER("america online browser", OTHER, BRAND),
    SAYS("andr0id", ANDROID, SYSTEM),
    SAYS("android", ANDROID, SYSTEM),
    BROWSER("aolbuild", OTHER, BRAND),
    BOT("apache-httpclient"),
    SAYS("apple tv", OTHER, DEVICE),
    SAYS("appletv", OTHER, DEVICE),
    BROWSER("applewebkit", IN_APP, ENGINE),
    BROWSER("avant browser", OTHER, BRAND),
    BOT("axios"),
    NO_NAME("b bot"),
    SAYS("bada", OTHER, DEVICE),
    BROWSER("baiduboxapp", IN_APP, APP),
    BROWSER("bidubrowser", OTHER, BRAND),
    BOT("bingpreview"),
    SAYS("blackberry", OTHER, DEVICE),
    BROWSER("bonecho/", FIREFOX, COMMON),
    BROWSER("brave", BRAVE, BRAND),
    BROWSER("browser/", OTHER, BRAND),
    NO_NAME("build"),
    BROWSER("bytedancewebview", IN_APP, APP),
    NO_NAME("c bot"),
    BROWSER("camino", OTHER, BRAND),
    NO_NAME("ce-html/"),
    SAYS("centos", LINUX, KERNEL),
    NO_NAME("cfnetwork/"),
    BOT("check_http"),
    BROWSER("chrome", CHROME, COMMON),
    BROWSER("chromeframe", OTHER, BRAND),
    BROWSER("chromium", CHROME, COMMON),
    NO_NAME("compatible"),
    BROWSER("crazy browser", OTHER, BRAND),
    BOTH("crios/", CHROME, IOS),
    NO_NAME("crkey/"),
    BROWSER("crmo/", CHROME, COMMON),
    SAYS("cros", CHROMEOS, DEVICE),
    BROWSER("crosswalk/", IN_APP, WEBVIEW),
    NO_NAME("cubot"),
    BOT("curl"),
    SAYS("dalvik/", ANDROID, SYSTEM),
    BOT("dart/"),
    SAYS("darwin", IOS, KERNEL),
    SAYS("debian", LINUX, KERNEL),
    BROWSER("dingtalk", IN_APP, APP),
    BROWSER("edg/", EDGE, BRAND),
    BROWSER("edga/", EDGE, BRAND),
    BROWSER("edge/", EDGE, BRAND),
    BOTH("edgios/", EDGE, IOS),
    BROWSER("edgw/", EDGE, BRAND),
    BOT("electron-fetch"),
    BROWSER("epiphany", OTHER, BRAND),
    BOT("facebookexternalhit"),
    BROWSER("fb4a", IN_APP, APP),
    BROWSER("fb_iab", IN_APP, APP),
    BROWSER("fban", IN_APP, APP),
    BROWSER("fbav", IN_APP, APP),
    BROWSER("fbios", IN_APP, APP),
    BROWSER("fbsv", IN_APP, APP),
    SAYS("fedora", LINUX, KERNEL),
    BOT("feed"),
    BOT("feedfetcher"),
    BROWSER("fennec/", FIREFOX, COMMON),
    BROWSER("firefox", FIREFOX, COMMON),
    BROWSER("focus/", FIREFOX, BRAND),
    SAYS("freebsd", OTHER, DEVICE),
    NO_NAME("fvc/"),
    BOTH("fxios/", FIREFOX, IOS),
    BROWSER("galeon", OTHER, BRAND),
    NO_NAME("gecko"),
    BROWSER("gecko) mobile/", IN_APP, WEBVIEW),
    SAYS("gentoo", LINUX, KERNEL),
    BOT("go-http-client"),
    BOT("google-"),
    BOT("googleimageproxy"),
    NO_NAME("googletv"),
    BOT("got ("),
    BOT("got/"),
    BROWSER("granparadiso/", FIREFOX, COMMON),
    BROWSER("gsa/", IN_APP, APP),
    BOT("gtmetrix"),
    BOT("guzzlehttp"),
    BOT("hatena"),
    NO_NAME("hbbtv/"),
    BOT("headlesschrome"),
    SAYS("hpwos", WEBOS, DEVICE),
    BOT("http.rb/"),
    BROWSER("http:", BOT, BASE),
    BOT("httpie"),
    BROWSER("https:", BOT, BASE),
    BOT("httpx"),
    BOT("ia_archiver"),
    BROWSER("icab", OTHER, BRAND),
    BROWSER("iceweasel", OTHER, BRAND),
    NO_NAME("id bot"),
    BROWSER("iemobile", IE, BRAND),
    SAYS("imac", MACOS, SYSTEM),
    BROWSER("instagram", IN_APP, APP),
    SAYS("ios", IOS, KERNEL),
    SAYS("ipad", IOS, SYSTEM),
    SAYS("iph", IOS, SYSTEM),
    SAYS("iphone", IOS, SYSTEM),
    SAYS("ipod", IOS, SYSTEM),
    BOT("java/"),
    BROWSER("k-meleon", OTHER, BRAND),
    SAYS("kaios", OTHER, DEVICE),
    BROWSER("kakaotalk", IN_APP, APP),
    NO_NAME("khtml"),
    BROWSER("kiwi", OTHER, BRAND),
    BROWSER("klar/", FIREFOX, BRAND),
    BROWSER("konqueror", OTHER, BRAND),
    SAYS("kubuntu", LINUX, KERNEL),
    BOT("libsoup"),
    BOT("libwww"),
    BOT("lighthouse"),
    NO_NAME("like"),
    BROWSER("line/", IN_APP, APP),
    BROWSER("linkedinapp", IN_APP, APP),
    SAYS("linux", LINUX, KERNEL),
    BROWSER("lunascape", OTHER, BRAND),
    BOT("lwp"),
    NO_NAME("m bot"),
    SAYS("mac os", MACOS, SYSTEM),
    SAYS("mac os x", MACOS, SYSTEM),
    SAYS("mac_powerpc", MACOS, SYSTEM),
    SAYS("macbook", MACOS, SYSTEM),
    SAYS("macbookair", MACOS, SYSTEM),
    SAYS("macbookpro", MACOS, SYSTEM),
    SAYS("macintosh", MACOS, SYSTEM),
    SAYS("macmini", MACOS, SYSTEM),
    SAYS("macos", MACOS, SYSTEM),
    SAYS("macpro", MACOS, SYSTEM),
    BROWSER("mailto:", BOT, BASE),
    SAYS("mandriva", LINUX, KERNEL),
    BOT("masscan"),
    BROWSER("maxthon", OTHER, BRAND),
    BOT("mediapartners-google"),
    BROWSER("metasr", OTHER, BRAND),
    BROWSER("micromessenger", IN_APP, APP),
    BROWSER("microsoft outlook", OTHER, BRAND),
    BROWSER("minefield/", FIREFOX, COMMON),
    NO_NAME("mnenhy/"),
    NO_NAME("mobile"),
    NO_NAME("model/"),
    NO_NAME("mozilla"),
    BROWSER("ms-office", OTHER, BRAND),
    BROWSER("msie", IE, COMMON),
    BROWSER("msoffice", OTHER, BRAND),
    BROWSER("musical_ly", IN_APP, APP),
    BROWSER("myie2", OTHER, BRAND),
    BOT("nagios"),
    BROWSER("namoroka/", FIREFOX, COMMON),
    BROWSER("naver(", IN_APP, APP),
    SAYS("netbsd", OTHER, DEVICE),
    BROWSER("netfront", OTHER, BRAND),
    BROWSER("netscape", OTHER, BRAND),
    BOT("newrelic"),
    BOT("newspaper/"),
    BOT("nikto"),
    SAYS("nintendo", OTHER, DEVICE),
    BOT("nmap"),
    BOT("node-fetch"),
    BOT("okhttp"),
    BROWSER("omi/", OPERA, BRAND),
    SAYS("openbsd", OTHER, DEVICE),
    BROWSER("opera", OPERA, BRAND),
    BROWSER("operamini", OPERA, BRAND),
    BOTH("opios/", OPERA, IOS),
    BROWSER("opr/", OPERA, BRAND),
    BROWSER("oprgx/", OPERA, BRAND),
    BROWSER("opt/", OPERA, BRAND),
    BROWSER("opx/", OPERA, BRAND),
    BOT("phantomjs"),
    BOT("php/"),
    BROWSER("pinterest", IN_APP, APP),
    SAYS("playstation", OTHER, DEVICE),
    BOT("postmanruntime"),
    NO_NAME("power bot"),
    BOT("prometheus/"),
    BROWSER("puffin", OTHER, BRAND),
    BOT("python"),
    BROWSER("qq/", IN_APP, APP),
    BROWSER("quark/", OTHER, BRAND),
    SAYS("red hat", LINUX, KERNEL),
    BOT("reqwest"),
    BOT("ruby/"),
    BROWSER("safari", SAFARI, BASE),
    BROWSER("samsungbrowser", SAMSUNG, BRAND),
    BOT("scrapy"),
    BROWSER("se 2.x", OTHER, BRAND),
    BROWSER("seamonkey", OTHER, BRAND),
    SAYS("series60", OTHER, DEVICE),
    BROWSER("shiretoko/", FIREFOX, COMMON),
    BOTH("silk-accelerated", SILK, ANDROID),
    BOTH("silk/", SILK, ANDROID),
    BOT("site24x7"),
    SAYS("slackware", LINUX, KERNEL),
    BROWSER("sleipnir", OTHER, BRAND),
    BROWSER("slimbrowser", OTHER, BRAND),
    BOT("slurp"),
    NO_NAME("smarttva/"),
    BROWSER("snapchat", IN_APP, APP),
    BOT("sqlmap"),
    BOT("statuscake"),
    NO_NAME("stumbleupon/"),
    SAYS("sunos", OTHER, DEVICE),
    SAYS("suse", LINUX, KERNEL),
    SAYS("symbian", OTHER, DEVICE),
    SAYS("symbianos", OTHER, DEVICE),
    BOT("symfony"),
    BROWSER("sznprohlizec/", OTHER, BRAND),
    NO_NAME("tablet"),
    BROWSER("tbrowser/", OTHER, APP),
    BROWSER("theworld", OTHER, BRAND),
    BROWSER("tieba/", IN_APP, APP),
    BROWSER("tiktok", IN_APP, APP),
    SAYS("tizen", TIZEN, DEVICE),
    BROWSER("trident/", IE, COMMON),
    BROWSER("trill_", IN_APP, APP),
    BROWSER("tv bro/", OTHER, BRAND),
    SAYS("tvos", OTHER, DEVICE),
    BROWSER("twitter for", IN_APP, APP),
    BROWSER("ubrowser/", UC, BRAND),
    SAYS("ubuntu", LINUX, KERNEL),
    BROWSER("uc applewebkit", UC, BRAND),
    BROWSER("uc browser", UC, BRAND),
    BROWSER("ucbrowser", UC, BRAND),
    BROWSER("ucmini", UC, BRAND),
    BROWSER("ucmobile/", UC, BRAND),
    BROWSER("ucturbo", UC, BRAND),
    BROWSER("ucweb", UC, BRAND),
    BOT("undici"),
    NO_NAME("version"),
    BROWSER("version/1.0 chrome", IN_APP, WEBVIEW),
    BROWSER("version/1.5 chrome", IN_APP, WEBVIEW),
    BROWSER("version/1.6 chrome", IN_APP, WEBVIEW),
    BROWSER("version/4.0 chrome", IN_APP, WEBVIEW),
    BROWSER("version/4.0 mobile chrome", IN_APP, WEBVIEW),
    BROWSER("vivaldi", OTHER, BRAND),
    NO_NAME("vr bot"),
    SAYS("watchos", OTHER, DEVICE),
    SAYS("wds", OTHER, PHONE),
    SAYS("web0s", WEBOS, DEVICE),
    SAYS("webos", WEBOS, DEVICE),
    BROWSER("weibo", IN_APP, APP),
    BOT("wget"),
    BROWSER("whale/", OTHER, BRAND),
    BOT("whatsapp/"),
    SAYS("win 9x", WINDOWS, SYSTEM),
    SAYS("win32", WINDOWS, SYSTEM),
    SAYS("win64", WINDOWS, SYSTEM),
    SAYS("win95", WINDOWS, SYSTEM),
    SAYS("win98", WINDOWS, SYSTEM),
    SAYS("windows", WINDOWS, SYSTEM),
    SAYS("windows ce", OTHER, PHONE),
    SAYS("windows mobile", OTHER, PHONE),
    SAYS("windows phone", OTHER, PHONE),
    SAYS("windowsce", OTHER, PHONE),
    SAYS("winnt", WINDOWS, SYSTEM),
    BOT("wordpress/"),
    BROWSER("wv", IN_APP, WEBVIEW),
    BROWSER("www.", BOT, BASE),
    SAYS("xblwp", OTHER, PHONE),
    NO_NAME("xbot"),
    BROWSER("yabrowser", YANDEX, BRAND),
    BROWSER("yandexsearch/", YANDEX, BRAND),
    BROWSER("yasearchbrowser/", YANDEX, BRAND),
    BROWSER("yjapp", IN_APP, APP),
    BROWSER("yowser", YANDEX, BRAND),
    BOT("zgrab"),
    SAYS("zunewp", OTHER, PHONE),
};

/* In a word of User-Agent that is not above. */
static const char *const robots[] = {
    "analyz",    "archiver", "check",      "crawl",     "detect",
    "favicon",   "fetch",    "httpclient", "inspector", "linkpreview",
    "monitor",   "nutch",    "recon",      "research",  "robot",
    "rss",       "scan",     "scrape",     "spider",    "survey",
    "synthetic", "uptime",   "useragent",  "validator"
};

static const name_t brands[] = {
    BROWSER("androidwebview", IN_APP, WEBVIEW),
    BROWSER("brave", BRAVE, HINT),
    BROWSER("chromium", CHROME, COMMON),
    BROWSER("googlechrome", CHROME, HINT_CHROME),
    BROWSER("headlesschrome", BOT, ROBOT),
    BROWSER("microsoftedge", EDGE, HINT),
    BROWSER("microsoftedgewebview2", IN_APP, HINT_APP),
    BROWSER("opera", OPERA, HINT),
    BROWSER("operagx", OPERA, HINT),
    BROWSER("operamini", OPERA, HINT),
    BROWSER("operaminiandroid", OPERA, HINT),
    BROWSER("operamobile", OPERA, HINT),
    BROWSER("samsungbrowser", SAMSUNG, HINT),
    BROWSER("samsunginternet", SAMSUNG, HINT),
    BROWSER("silk", SILK, HINT),
    BROWSER("amazonsilk", SILK, HINT),
    BROWSER("yabrowser", YANDEX, HINT),
    BROWSER("yandex", YANDEX, HINT),
    BROWSER("yandexbrowser", YANDEX, HINT),
    BROWSER("yowser", YANDEX, HINT),
};

static const name_t platforms[] = {
    SAYS("", UNKNOWN, NOTHING),
    SAYS("android", ANDROID, HINT_SYSTEM),
    SAYS("chromeos", CHROMEOS, HINT_SYSTEM),
    SAYS("chromiumos", CHROMEOS, HINT_SYSTEM),
    SAYS("ios", IOS, HINT_SYSTEM),
    SAYS("linux", LINUX, HINT_LINUX),
    SAYS("macos", MACOS, HINT_SYSTEM),
    SAYS("tizen", TIZEN, HINT_SYSTEM),
    SAYS("unknown", UNKNOWN, NOTHING),
    SAYS("webos", WEBOS, HINT_SYSTEM),
    SAYS("windows", WINDOWS, HINT_SYSTEM),
};

typedef struct {
    int browser, browser_rank;
    int os, os_rank;
} found_t;

/* Without <ctype.h>: that asks the locale, and is undefined below 0. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

static bool is_start(char c)
{
    return is_word(c) || c == '+' || c == '@' || c == '.';
}

static void add(found_t *found, const name_t *name)
{
    if (name->browser_rank > found->browser_rank) {
        found->browser = name->browser;
        found->browser_rank = name->browser_rank;
    }
    if (name->os_rank > found->os_rank) {
        found->os = name->os;
        found->os_rank = name->os_rank;
    }
}

/* The length of the name at the start of text; 0: it is another. */
static size_t match(const char *text, const char *name)
{
    size_t len = 0;

    while (name[len] != '\0' && name[len] == text[len]) {
        len++;
    }
    return name[len] == '\0'
                   && !(is_letter(name[len - 1]) && is_letter(text[len]))
               ? len
               : 0;
}

/* Adds the longest name at the start of text, and says its length; 0: there
 * is none. */
static size_t add_name(found_t *found, const char *text)
{
    size_t low = 0, high = COUNT(names), longest = 0;
    const name_t *best = NULL;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (names[middle].text[0] < text[0]) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    for (; low < COUNT(names) && names[low].text[0] == text[0]; low++) {
        size_t len = match(text, names[low].text);

        if (len > longest) {
            longest = len;
            best = &names[low];
        }
    }
    if (best != NULL) {
        add(found, best);
    }
    return longest;
}

static bool is_robot(const char *word, size_t len)
{
    size_t i, k;

    for (i = 0; i < len; i++) {
        if (strncmp(word + i, "bot", 3) == 0 && !is_word(word[i + 3])
            && word[i + 3] != '_') {
            return true;
        }
        for (k = 0; k < COUNT(robots); k++) {
            if (word[i] == robots[k][0]
                && strncmp(word + i, robots[k], strlen(robots[k])) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Whether text starts with a name and a version, as in "Whale/4.1". */
static bool is_product(const char *text)
{
    while (is_word(*text) || *text == '-' || *text == '_' || *text == '.') {
        text++;
    }
    return text[0] == '/' && text[1] >= '0' && text[1] <= '9';
}

/* The length of the word at the start of text, which is in no table. */
static size_t add_unlisted(found_t *found, const char *text, bool product)
{
    static const name_t robot = BOT("");
    static const name_t other = BROWSER("", OTHER, UNLISTED);
    static const name_t browser = BROWSER("", OTHER, BRAND);
    size_t len = 1;

    while (is_word(text[len]) || text[len] == '_') {
        len++;
    }
    if (is_robot(text, len)) {
        add(found, &robot);
    }
    else if (len > 7 && strncmp(text + len - 7, "browser", 7) == 0) {
        add(found, &browser);
    }
    else if (product && is_product(text)) {
        add(found, &other);
    }
    return len;
}

static void read_user_agent(found_t *found, const char *header)
{
    char text[LOOK_AT + 4] = "";
    const char *p = text;
    size_t i, len;
    int depth = 0;

    for (i = 0; i < LOOK_AT && header[i] != '\0'; i++) {
        text[i] = lower(header[i]);
    }
    text[i] = '\0';
    while (*p != '\0') {
        len = is_start(*p) ? add_name(found, p) : 1;
        if (len == 0) {
            len = add_unlisted(found, p,
                               depth == 0 && (p == text || p[-1] == ' '));
        }
        for (; len > 0; len--, p++) {
            depth += (*p == '(') - (*p == ')' && depth > 0);
        }
    }
}

static const name_t *find(const name_t *table, size_t count, const char *text)
{
    size_t i;

    for (i = 0; i < count && strcmp(table[i].text, text) != 0; i++) {
    }
    return i < count ? &table[i] : NULL;
}

/* Brands that browsers make up, so that nobody relies on a fixed list:
 * "Not A(Brand", "Not;Any Brand" and so on. */
static bool is_grease(const char *brand)
{
    size_t len = strlen(brand);

    return len > 5 && strncmp(brand, "not", 3) == 0
           && strcmp(brand + len - 5, "brand") == 0;
}

static void add_brand(found_t *found, const char *brand)
{
    static const name_t other = BROWSER("", OTHER, HINT);
    const name_t *name = find(brands, COUNT(brands), brand);

    if (name != NULL) {
        add(found, name);
    }
    else if (brand[0] != '\0' && !is_grease(brand)) {
        add(found, &other);
    }
}

/* A word of a hint: its letters and digits in lower case. */
typedef struct {
    char text[32];
    size_t len;
} word_t;

static void append(word_t *word, char c)
{
    c = lower(c);
    if (is_word(c) && word->len < sizeof word->text - 1) {
        word->text[word->len++] = c;
        word->text[word->len] = '\0';
    }
}

/* The first string of each member of a structured list (RFC 8941); what is
 * not well-formed is passed over. */
static void read_brands(found_t *found, const char *header)
{
    const char *p, *end = header + strnlen(header, LOOK_AT);
    bool quoted = false, named = false;
    word_t word = { "", 0 };

    for (p = header; p < end; p++) {
        if (quoted && *p == '\\') {
            p++;
        }
        else if (quoted && *p == '"') {
            quoted = false;
            if (!named) {
                add_brand(found, word.text);
            }
            named = true;
        }
        else if (quoted) {
            append(&word, *p);
        }
        else if (*p == '"') {
            quoted = true;
        }
        else if (*p == ',') {
            named = false;
            word = (word_t){ "", 0 };
        }
    }
}

static void read_platform(found_t *found, const char *header)
{
    static const name_t other = SAYS("", OTHER, HINT_SYSTEM);
    const name_t *name;
    word_t word = { "", 0 };
    size_t i;

    for (i = 0; i < LOOK_AT && header[i] != '\0'; i++) {
        append(&word, header[i]);
    }
    name = find(platforms, COUNT(platforms), word.text);
    add(found, name != NULL ? name : &other);
}

/* A page in an application on an Apple system says AppleWebKit and no more;
 * so do many others elsewhere, and some of them say Safari. */
static bool is_borrowed(const found_t *found)
{
    bool apple = found->os == CCTV_OS_IOS || found->os == CCTV_OS_MACOS;

    return (found->browser_rank == ENGINE && !apple)
           || (found->browser_rank == BASE && !apple
               && found->os != CCTV_OS_WINDOWS);
}

static bool is_blank(const char *header)
{
    return header == NULL || header[strspn(header, " \t")] == '\0';
}

cctv_agent_t cctv_agent_classify(const char *user_agent, const char *ch_ua,
                                 const char *ch_ua_platform)
{
    int none = is_blank(user_agent) ? CCTV_BROWSER_UNKNOWN
                                    : CCTV_BROWSER_OTHER;
    found_t found = { none, NOTHING, none, NOTHING };

    if (ch_ua != NULL) {
        read_brands(&found, ch_ua);
    }
    if (ch_ua_platform != NULL) {
        read_platform(&found, ch_ua_platform);
    }
    if (user_agent != NULL) {
        read_user_agent(&found, user_agent);
    }
    if (found.browser == CCTV_BROWSER_BOT) {
        found.os = CCTV_OS_BOT;
    }
    else if (is_borrowed(&found)) {
        found.browser = CCTV_BROWSER_OTHER;
    }
    return (cctv_agent_t){ (cctv_browser_t)found.browser,
                           (cctv_os_t)found.os };
}

const char *cctv_browser_name(cctv_browser_t browser)
{
    static const char *const labels[] = {
#define X(name, label) label,
        CCTV_BROWSER_LIST(X)
#undef X
    };

    return (unsigned)browser < CCTV_BROWSERS ? labels[browser] : "other";
}

const char *cctv_os_name(cctv_os_t os)
{
    static const char *const labels[] = {
#define X(name, label) label,
        CCTV_OS_LIST(X)
#undef X
    };

    return (unsigned)os < CCTV_OSES ? labels[os] : "other";
}
