/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent.h
 * @brief Which browser and which operating system a viewer uses.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_AGENT_H
#define CCTV_VIEWS_AGENT_H

/*
 * The state file contains these numbers: append new names at the end, and
 * raise CCTV_STATE_VERSION if you move or remove a name. Each list has to fit
 * into 4 bits.
 *
 * UNKNOWN means that the client sent nothing. OTHER means that the client
 * sent something that is not in the list.
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
 * Find the browser and the operating system that request headers name. Client
 * hints take precedence over User-Agent. If either names a bot, both browser
 * and system are BOT, since bots make up the system they name.
 *
 * IN_APP is a page inside an application: Android's WebView, WKWebView, the
 * browsers of Facebook, Instagram, Line and so on. Chromium without another
 * name is CHROME. A browser that has a name of its own and is not listed is
 * OTHER. A browser that hides its name is not recognized: an iPad that
 * requests desktop pages is Safari on MACOS, and Brave without client hints is
 * CHROME.
 *
 * @param user_agent      User-Agent; NULL: not sent
 * @param ch_ua           Sec-CH-UA; NULL: not sent
 * @param ch_ua_platform  Sec-CH-UA-Platform; NULL: not sent
 * Thread-safe. Allocates nothing. Reads the first KB of each header.
 */
cctv_agent_t cctv_agent_classify(const char *user_agent, const char *ch_ua,
                                 const char *ch_ua_platform);

/** @return the label value: lower-case ASCII, static; "other" if the number is
 *  out of range */
const char *cctv_browser_name(cctv_browser_t browser);

/** @return the label value, as from cctv_browser_name() */
const char *cctv_os_name(cctv_os_t os);

#endif
