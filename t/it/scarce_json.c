/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file scarce_json.c
 * @brief Preloaded into Apache by test_memory_short.py: counts jansson's
 *        allocations and makes one of them fail.
 *
 * The test and all processes map the file that SCARCE names. A call of the
 * parser counts as one allocation, because if an allocation fails inside the
 * parser, jansson 2.14 drops bytes or ends the process by an assertion.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    _Atomic int64_t made;  /* allocations since the test set it to 0 */
    _Atomic int64_t fails; /* the one that fails; 0: none */
} * shared;

static _Thread_local int is_parsing;

static int does_fail(void)
{
    return shared != NULL && ++shared->made == shared->fails;
}

static void *scarce_malloc(size_t size)
{
    return !is_parsing && does_fail() ? NULL : malloc(size);
}

json_t *json_loadb(const char *text, size_t len, size_t flags,
                   json_error_t *error)
{
    json_t *(*load)(const char *, size_t, size_t, json_error_t *);
    json_t *json;

    *(void **)&load = dlsym(RTLD_NEXT, "json_loadb");
    if (does_fail()) {
        if (error != NULL) {
            error->text[0] = '\0';
        }
        return NULL;
    }
    is_parsing = 1;
    json = load(text, len, flags, error);
    is_parsing = 0;
    return json;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SCARCE");
    int fd = path == NULL ? -1 : open(path, O_RDWR);

    if (fd >= 0) {
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED,
                      fd, 0);
        close(fd);
        json_set_alloc_funcs(scarce_malloc, free);
    }
}
