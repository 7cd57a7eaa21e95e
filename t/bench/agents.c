/* SPDX-License-Identifier: Apache-2.0 */
/* Classifies the User-Agents on standard input, one a line.
 *
 *     agents          prints browser, tab, system, tab and the User-Agent
 *     agents ROUNDS   prints how many ns one takes, over so many rounds
 */
#include "views/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    char **line;
    size_t count;
} lines_t;

static lines_t read_lines(FILE *in)
{
    lines_t lines = { NULL, 0 };
    size_t room = 0, size = 0;
    char *line = NULL;

    while (getline(&line, &size, in) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (lines.count == room) {
            room = room * 2 + 1024;
            lines.line = realloc(lines.line, room * sizeof *lines.line);
        }
        if (lines.line == NULL) {
            abort();
        }
        lines.line[lines.count++] = line;
        line = NULL;
        size = 0;
    }
    free(line);
    return lines;
}

static void print(const lines_t *lines)
{
    size_t i;

    for (i = 0; i < lines->count; i++) {
        cctv_agent_t agent = cctv_agent_classify(lines->line[i], NULL, NULL);

        printf("%s\t%s\t%s\n", cctv_browser_name(agent.browser),
               cctv_os_name(agent.os), lines->line[i]);
    }
}

static void measure(const lines_t *lines, int rounds)
{
    struct timespec start, end;
    unsigned sum = 0;
    double ns;
    size_t k;
    int i;

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (i = 0; i < rounds; i++) {
        for (k = 0; k < lines->count; k++) {
            sum += cctv_agent_classify(lines->line[k], NULL, NULL).browser;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    ns = (double)(end.tv_sec - start.tv_sec) * 1e9
         + (double)(end.tv_nsec - start.tv_nsec);
    printf("%.0f ns (%u)\n", ns / rounds / (double)lines->count,
           sum / (unsigned)rounds);
}

int main(int argc, char **argv)
{
    lines_t lines = read_lines(stdin);
    size_t i;

    if (argc > 1) {
        measure(&lines, atoi(argv[1]));
    }
    else {
        print(&lines);
    }
    for (i = 0; i < lines.count; i++) {
        free(lines.line[i]);
    }
    free(lines.line);
    return 0;
}
