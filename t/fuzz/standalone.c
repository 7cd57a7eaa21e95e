/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file standalone.c
 * @brief Runs a fuzz target over the files of its corpus, without libFuzzer,
 *        so that `make check` replays all inputs found so far.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    static uint8_t data[1 << 20];
    FILE *file = fopen(path, "rb");
    uint8_t *copy;
    size_t size;

    if (file == NULL) {
        perror(path);
        return 1;
    }
    size = fread(data, 1, sizeof data, file);
    fclose(file);
    /* A copy of the exact size, so that a sanitizer sees a read beyond it. */
    copy = malloc(size > 0 ? size : 1);
    if (copy == NULL) {
        perror(path);
        return 1;
    }
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return 0;
}

int main(int argc, char **argv)
{
    char path[4096];
    struct dirent *entry;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int count = 0;

    if (dir == NULL) {
        fprintf(stderr, "usage: %s folder\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
            if (replay(path) != 0) {
                return 1;
            }
            count++;
        }
    }
    closedir(dir);
    /* An empty corpus is an error of the build. */
    return count > 0 ? 0 : 1;
}
