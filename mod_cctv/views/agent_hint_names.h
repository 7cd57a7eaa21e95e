/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_hint_names.h
 * @brief The names in client hints.
 * Layer: pure.
 *
 * Only agent_hints.c includes this file.
 */
#ifndef CCTV_VIEWS_AGENT_HINT_NAMES_H
#define CCTV_VIEWS_AGENT_HINT_NAMES_H

#include "views/agent_name.h"

/* The brands in Sec-CH-UA: only their letters and digits, in lower case. */
static const name_t brands[] = {
    { "amazonsilk", CCTV_BROWSER_SILK, HINT },
    { "androidwebview", CCTV_BROWSER_IN_APP, WEBVIEW },
    { "brave", CCTV_BROWSER_BRAVE, HINT },
    { "bravebrowser", CCTV_BROWSER_BRAVE, HINT },
    { "chromium", CCTV_BROWSER_CHROME, COMMON },
    { "googlechrome", CCTV_BROWSER_CHROME, HINT },
    { "headlesschrome", CCTV_BROWSER_BOT, ROBOT },
    { "microsoftedge", CCTV_BROWSER_EDGE, HINT },
    { "microsoftedgewebview2", CCTV_BROWSER_IN_APP, HINT_APP },
    { "opera", CCTV_BROWSER_OPERA, HINT },
    { "operacrypto", CCTV_BROWSER_OPERA, HINT },
    { "operagx", CCTV_BROWSER_OPERA, HINT },
    { "operamini", CCTV_BROWSER_OPERA, HINT },
    { "operaminiandroid", CCTV_BROWSER_OPERA, HINT },
    { "operamobile", CCTV_BROWSER_OPERA, HINT },
    { "samsungbrowser", CCTV_BROWSER_SAMSUNG, HINT },
    { "samsunginternet", CCTV_BROWSER_SAMSUNG, HINT },
    { "silk", CCTV_BROWSER_SILK, HINT },
    { "ucbrowser", CCTV_BROWSER_UC, HINT },
    { "yabrowser", CCTV_BROWSER_YANDEX, HINT },
    { "yandex", CCTV_BROWSER_YANDEX, HINT },
    { "yandexbrowser", CCTV_BROWSER_YANDEX, HINT },
    { "yowser", CCTV_BROWSER_YANDEX, HINT },
};

/* The values of Sec-CH-UA-Platform: only their letters and digits, in lower
 * case. Tizen, webOS and Chrome OS may send "Linux". */
static const name_t platforms[] = {
    { "android", CCTV_OS_ANDROID, HINT_SYSTEM },
    { "chromeos", CCTV_OS_CHROMEOS, HINT_SYSTEM },
    { "chromiumos", CCTV_OS_CHROMEOS, HINT_SYSTEM },
    { "ios", CCTV_OS_IOS, HINT_SYSTEM },
    { "linux", CCTV_OS_LINUX, HINT_LINUX },
    { "macos", CCTV_OS_MACOS, HINT_SYSTEM },
    { "tizen", CCTV_OS_TIZEN, HINT_SYSTEM },
    { "webos", CCTV_OS_WEBOS, HINT_SYSTEM },
    { "windows", CCTV_OS_WINDOWS, HINT_SYSTEM },
};

#endif
