/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file machine.c
 * @brief Reads /proc.
 */
#include "machine.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PROCESSES_MAX 1024
#define PATH_SIZE     64
#define LINK_SIZE     64

typedef struct {
    int pid;
    double cpu; /* at the last look */
} seen_t;

typedef struct {
    const char *names[2];
    seen_t seen[PROCESSES_MAX];
    int count;
    double cpu;
} program_t;

static program_t janus = { .names = { "janus", "janus" } };
static program_t apache = { .names = { "apache2", "httpd" } };
static bool has_looked;

/* @return the length; the text has a NUL */
static size_t read_file(const char *pid, const char *name, char *out,
                        size_t size)
{
    char path[PATH_SIZE];
    size_t length = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%.20s/%s", pid, name);
    file = fopen(path, "re");
    if (file != NULL) {
        length = fread(out, 1, size - 1, file);
        fclose(file);
    }
    out[length] = '\0';
    return length;
}

static bool is_of_our_network(const char *pid)
{
    char path[PATH_SIZE], theirs[LINK_SIZE] = "", ours[LINK_SIZE] = "";

    snprintf(path, sizeof path, "/proc/%.20s/ns/net", pid);
    return readlink("/proc/self/ns/net", ours, sizeof ours - 1) > 0
           && readlink(path, theirs, sizeof theirs - 1) > 0
           && strcmp(ours, theirs) == 0;
}

static double cpu_of(const char *pid)
{
    char text[1024];
    const char *rest;
    unsigned long user, kernel;

    read_file(pid, "stat", text, sizeof text);
    rest = strrchr(text, ')');
    return rest != NULL
                   && sscanf(rest,
                             ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                             "%lu %lu",
                             &user, &kernel)
                          == 2
               ? (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK)
               : 0;
}

static double memory_of(const char *pid)
{
    char text[4096];
    const char *found;

    read_file(pid, "status", text, sizeof text);
    found = strstr(text, "RssAnon:");
    return found != NULL ? strtod(found + strlen("RssAnon:"), NULL) * 1024 : 0;
}

/* Add what a process has used since the last look; of one that was there
 * before the first look, nothing. */
static void add_process(program_t *program, const char *pid,
                        load_usage_t *usage)
{
    int number = atoi(pid), i = 0;
    double cpu = cpu_of(pid);

    while (i < program->count && program->seen[i].pid != number) {
        i++;
    }
    if (i == PROCESSES_MAX) {
        return;
    }
    if (i == program->count) {
        program->count++;
        program->seen[i] = (seen_t){ number, has_looked ? 0 : cpu };
    }
    if (cpu > program->seen[i].cpu) {
        program->cpu += cpu - program->seen[i].cpu;
        program->seen[i].cpu = cpu;
    }
    usage->processes++;
    usage->memory_bytes += memory_of(pid);
}

static bool is_named(const program_t *program, const char *name)
{
    return strcmp(name, program->names[0]) == 0
           || strcmp(name, program->names[1]) == 0;
}

static void look_at(const char *pid, load_machine_t *out)
{
    char name[32];
    size_t length = read_file(pid, "comm", name, sizeof name);

    if (length > 0 && name[length - 1] == '\n') {
        name[length - 1] = '\0';
    }
    if (is_named(&janus, name) && is_of_our_network(pid)) {
        add_process(&janus, pid, &out->janus);
    }
    else if (is_named(&apache, name) && is_of_our_network(pid)) {
        add_process(&apache, pid, &out->apache);
    }
}

void load_machine_look(load_machine_t *out)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    struct rusage own;

    memset(out, 0, sizeof *out);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            look_at(entry->d_name, out);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    has_looked = true;
    out->janus.cpu_seconds = janus.cpu;
    out->apache.cpu_seconds = apache.cpu;
    getrusage(RUSAGE_SELF, &own);
    out->own_cpu_seconds = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec)
                           + (double)(own.ru_utime.tv_usec
                                      + own.ru_stime.tv_usec)
                                 / 1e6;
}
