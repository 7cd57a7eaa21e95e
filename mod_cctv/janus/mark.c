/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mark.c
 * @brief The mark in the metadata of each mountpoint of mod_cctv.
 * Layer: pure.
 */
#include "janus/mark.h"

#include "core/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_RTP  "mod_cctv rtp "
#define MARK_RTSP "mod_cctv rtsp "
#define BOOT_SIZE 40

static char boot[BOOT_SIZE];

static void read_boot(void)
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (file == NULL || fgets(boot, sizeof boot, file) == NULL) {
        snprintf(boot, sizeof boot, "unknown");
    }
    boot[strcspn(boot, "\n")] = '\0';
    if (file != NULL) {
        fclose(file);
    }
}

static const char *boot_id(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, read_boot);
    return boot;
}

void cctv_mark_write(bool is_pulled, char *out)
{
    snprintf(out, CCTV_MARK_SIZE, "%s%lld %s",
             is_pulled ? MARK_RTSP : MARK_RTP,
             (long long)(cctv_now() / 1000000), boot_id());
}

/* @return the text after a mark; NULL: the text does not start with this
 *         mark */
static const char *behind(const char *text, const char *mark)
{
    size_t len = strlen(mark);

    return strncmp(text, mark, len) == 0 ? text + len : NULL;
}

/* @param made  the text after MARK_RTP or MARK_RTSP */
static bool is_new(const char *made, int seconds)
{
    char *end;
    long long then = strtoll(made, &end, 10);
    long long now = cctv_now() / 1000000;

    return *end == ' ' && strcmp(end + 1, boot_id()) == 0 && then <= now
           && then >= now - seconds;
}

bool cctv_mark_read(const char *text, int seconds, cctv_mark_t *out)
{
    const char *rtsp = behind(text, MARK_RTSP);
    const char *made = rtsp != NULL ? rtsp : behind(text, MARK_RTP);

    if (made == NULL) {
        return false;
    }
    out->is_pulled = rtsp != NULL;
    out->is_new = is_new(made, seconds);
    return true;
}
