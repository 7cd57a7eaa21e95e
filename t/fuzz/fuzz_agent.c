/* SPDX-License-Identifier: Apache-2.0 */
/* User-Agent, Sec-CH-UA and Sec-CH-UA-Platform, one line each: the parser
 * never reads beyond their ends. Each result has a label and depends only on
 * the first KB. */
#include "views/agent.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of the exact size, so that a sanitizer sees a read beyond it. */
static char *copy(const char *text, size_t len)
{
    char *header = malloc(len + 1);

    memcpy(header, text, len);
    header[len] = '\0';
    return header;
}

static void check(char *const header[3])
{
    cctv_agent_t agent = cctv_agent_classify(header[0], header[1], header[2]);
    cctv_agent_t again;
    int i;

    if ((unsigned)agent.browser >= CCTV_BROWSERS
        || (unsigned)agent.os >= CCTV_OSES
        || strlen(cctv_browser_name(agent.browser)) == 0
        || strlen(cctv_os_name(agent.os)) == 0
        || (agent.browser == CCTV_BROWSER_BOT) != (agent.os == CCTV_OS_BOT)) {
        abort();
    }
    for (i = 0; i < 3; i++) {
        if (header[i] != NULL && strlen(header[i]) > 1024) {
            header[i][1024] = '\0';
        }
    }
    again = cctv_agent_classify(header[0], header[1], header[2]);
    if (again.browser != agent.browser || again.os != agent.os) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = copy((const char *)data, size);
    char *header[3] = { NULL, NULL, NULL };
    char *line = input;
    int i;

    for (i = 0; i < 3 && line != NULL; i++) {
        char *end = strchr(line, '\n');

        header[i] = copy(line,
                         end == NULL ? strlen(line) : (size_t)(end - line));
        line = end == NULL ? NULL : end + 1;
    }
    check(header);
    for (i = 0; i < 3; i++) {
        free(header[i]);
    }
    free(input);
    return 0;
}
