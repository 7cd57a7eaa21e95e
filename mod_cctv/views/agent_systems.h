/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_systems.h
 * @brief The names by which agent.c recognizes operating systems.
 * Layer: pure.
 *
 * Only agent_names.h includes this file.
 */
#ifndef CCTV_VIEWS_AGENT_SYSTEMS_H
#define CCTV_VIEWS_AGENT_SYSTEMS_H

#include "views/agent_name.h"

static const name_t systems[] = {
    { "adr", CCTV_OS_ANDROID, SYSTEM },
    { "andr0id", CCTV_OS_ANDROID, SYSTEM },
    { "android", CCTV_OS_ANDROID, SYSTEM },
    { "apple tv", CCTV_OS_OTHER, DEVICE },
    { "appletv", CCTV_OS_OTHER, DEVICE },
    { "bada", CCTV_OS_OTHER, DEVICE },
    { "blackberry", CCTV_OS_OTHER, DEVICE },
    { "centos", CCTV_OS_LINUX, KERNEL },
    { "chromebook", CCTV_OS_CHROMEOS, DEVICE },
    { "crios/", CCTV_OS_IOS, DEVICE },
    { "cros", CCTV_OS_CHROMEOS, DEVICE },
    { "dalvik/", CCTV_OS_ANDROID, SYSTEM },
    { "darwin", CCTV_OS_IOS, KERNEL },
    { "debian", CCTV_OS_LINUX, KERNEL },
    { "edgios/", CCTV_OS_IOS, DEVICE },
    { "fedora", CCTV_OS_LINUX, KERNEL },
    { "freebsd", CCTV_OS_OTHER, DEVICE },
    { "fxios/", CCTV_OS_IOS, DEVICE },
    { "gentoo", CCTV_OS_LINUX, KERNEL },
    { "hpwos", CCTV_OS_WEBOS, DEVICE },
    { "imac", CCTV_OS_MACOS, SYSTEM },
    { "ios", CCTV_OS_IOS, KERNEL },
    { "ipad", CCTV_OS_IOS, SYSTEM },
    { "iph", CCTV_OS_IOS, SYSTEM },
    { "iphone", CCTV_OS_IOS, SYSTEM },
    { "ipod", CCTV_OS_IOS, SYSTEM },
    { "kaios", CCTV_OS_OTHER, DEVICE },
    { "kubuntu", CCTV_OS_LINUX, KERNEL },
    { "linux", CCTV_OS_LINUX, KERNEL },
    { "mac os", CCTV_OS_MACOS, SYSTEM },
    { "mac os x", CCTV_OS_MACOS, SYSTEM },
    { "mac_powerpc", CCTV_OS_MACOS, SYSTEM },
    { "macbook", CCTV_OS_MACOS, SYSTEM },
    { "macbookair", CCTV_OS_MACOS, SYSTEM },
    { "macbookpro", CCTV_OS_MACOS, SYSTEM },
    { "macintosh", CCTV_OS_MACOS, SYSTEM },
    { "macmini", CCTV_OS_MACOS, SYSTEM },
    { "macos", CCTV_OS_MACOS, SYSTEM },
    { "macpro", CCTV_OS_MACOS, SYSTEM },
    { "mandriva", CCTV_OS_LINUX, KERNEL },
    { "netbsd", CCTV_OS_OTHER, DEVICE },
    { "nintendo", CCTV_OS_OTHER, DEVICE },
    { "openbsd", CCTV_OS_OTHER, DEVICE },
    { "openharmony", CCTV_OS_OTHER, DEVICE },
    { "opios/", CCTV_OS_IOS, DEVICE },
    { "playstation", CCTV_OS_OTHER, DEVICE },
    { "red hat", CCTV_OS_LINUX, KERNEL },
    { "series60", CCTV_OS_OTHER, DEVICE },
    { "silk-accelerated", CCTV_OS_ANDROID, DEVICE },
    { "silk/", CCTV_OS_ANDROID, DEVICE },
    { "slackware", CCTV_OS_LINUX, KERNEL },
    { "sunos", CCTV_OS_OTHER, DEVICE },
    { "suse", CCTV_OS_LINUX, KERNEL },
    { "symbian", CCTV_OS_OTHER, DEVICE },
    { "symbianos", CCTV_OS_OTHER, DEVICE },
    { "tizen", CCTV_OS_TIZEN, DEVICE },
    { "tvos", CCTV_OS_OTHER, DEVICE },
    { "ubuntu", CCTV_OS_LINUX, KERNEL },
    { "watchos", CCTV_OS_OTHER, DEVICE },
    { "wds", CCTV_OS_OTHER, PHONE },
    { "web0s", CCTV_OS_WEBOS, DEVICE },
    { "webos", CCTV_OS_WEBOS, DEVICE },
    { "win 9x", CCTV_OS_WINDOWS, SYSTEM },
    { "win32", CCTV_OS_WINDOWS, SYSTEM },
    { "win64", CCTV_OS_WINDOWS, SYSTEM },
    { "win95", CCTV_OS_WINDOWS, SYSTEM },
    { "win98", CCTV_OS_WINDOWS, SYSTEM },
    { "windows", CCTV_OS_WINDOWS, SYSTEM },
    { "windows ce", CCTV_OS_OTHER, PHONE },
    { "windows mobile", CCTV_OS_OTHER, PHONE },
    { "windows phone", CCTV_OS_OTHER, PHONE },
    { "windowsce", CCTV_OS_OTHER, PHONE },
    { "winnt", CCTV_OS_WINDOWS, SYSTEM },
    { "xblwp", CCTV_OS_OTHER, PHONE },
    { "zunewp", CCTV_OS_OTHER, PHONE },
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
