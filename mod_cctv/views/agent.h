/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent.h
 * @brief Which browser and which operating system a viewer uses.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_AGENT_H
#define CCTV_VIEWS_AGENT_H

/*
 * The numbers stand in the state file: a new name goes to the end, and none
 * is moved or taken out without raising the version of that file. Each list
 * fits into 4 bits.
 *
 * UNKNOWN: nothing was sent. OTHER: something was, and it is none of these.
 */
#define CCTV_BROWSER_LIST(X)                                                  \
    X(UNKNOWN, "unknown")                                                     \
    X(OTHER, "other")                                                         \
    X(BOT, "bot")                                                             \
    X(CHROME, "chrome")                                                       \
    X(SAFARI, "safari")                                                       \
    X(EDGE, "edge")                                                           \
    X(FIREFOX, "firefox")                                                     \
    X(SAMSUNG, "samsung_internet")                                            \
    X(OPERA, "opera")                                                         \
    X(IN_APP, "in_app")                                                       \
    X(YANDEX, "yandex")                                                       \
    X(UC, "uc_browser")                                                       \
    X(BRAVE, "brave")                                                         \
    X(SILK, "silk")                                                           \
    X(IE, "ie")

#define CCTV_OS_LIST(X)                                                       \
    X(UNKNOWN, "unknown")                                                     \
    X(OTHER, "other")                                                         \
    X(BOT, "bot")                                                             \
    X(WINDOWS, "windows")                                                     \
    X(MACOS, "macos")                                                         \
    X(LINUX, "linux")                                                         \
    X(ANDROID, "android")                                                     \
    X(IOS, "ios")                                                             \
    X(CHROMEOS, "chromeos")                                                   \
    X(TIZEN, "tizen")                                                         \
    X(WEBOS, "webos")

typedef enum {
#define X(name, label) CCTV_BROWSER_##name,
    CCTV_BROWSER_LIST(X)
#undef X
    CCTV_BROWSERS
} cctv_browser_t;

typedef enum {
#define X(name, label) CCTV_OS_##name,
    CCTV_OS_LIST(X)
#undef X
    CCTV_OSES
} cctv_os_t;

typedef struct {
    cctv_browser_t browser;
    cctv_os_t os;
} cctv_agent_t;

/**
 * The browser and the system that these request headers name. Client hints
 * win over User-Agent; a bot in either of them is a bot, and so is its
 * system: what it says of that is made up.
 *
 * IN_APP is a page inside an application: Android's WebView, WKWebView, the
 * browsers of Facebook, Instagram, Line and so on. Chromium without another
 * name is CHROME; a browser that has a name of its own and is not listed is
 * OTHER. What says nothing of itself cannot be told: an iPad that asks for
 * desktop pages is Safari on MACOS, Brave without client hints is CHROME.
 *
 * @param user_agent      User-Agent; NULL: not sent
 * @param ch_ua           Sec-CH-UA; NULL: not sent
 * @param ch_ua_platform  Sec-CH-UA-Platform; NULL: not sent
 * Thread-safe. Allocates nothing. Looks at the first KB of each.
 */
cctv_agent_t cctv_agent_classify(const char *user_agent, const char *ch_ua,
                                 const char *ch_ua_platform);

/** The label: lower-case ASCII, static; "other" for a number out of range. */
const char *cctv_browser_name(cctv_browser_t browser);

/** As cctv_browser_name(). */
const char *cctv_os_name(cctv_os_t os);

#endif
