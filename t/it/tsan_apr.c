/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tsan_apr.c
 * @brief Preloaded into Apache by `make tsan`: the atomic operations of APR, for
 *        ThreadSanitizer.
 *
 * httpd hands the pool of a closed connection from one thread to another with
 * apr_atomic_casptr(). ThreadSanitizer does not see that in an APR that is not
 * built with it, and reports the next request in the same memory as a race.
 */
#include <apr_atomic.h>
#include <stdint.h>

void *apr_atomic_casptr(volatile void **mem, void *with, const void *cmp)
{
    uintptr_t was = (uintptr_t)cmp;

    __atomic_compare_exchange_n((uintptr_t *)mem, &was, (uintptr_t)with, 0,
                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return (void *)was;
}

apr_uint32_t apr_atomic_cas32(volatile apr_uint32_t *mem, apr_uint32_t with,
                              apr_uint32_t cmp)
{
    __atomic_compare_exchange_n(mem, &cmp, with, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return cmp;
}

apr_uint32_t apr_atomic_add32(volatile apr_uint32_t *mem, apr_uint32_t val)
{
    return __atomic_fetch_add(mem, val, __ATOMIC_SEQ_CST);
}

apr_uint32_t apr_atomic_inc32(volatile apr_uint32_t *mem)
{
    return __atomic_fetch_add(mem, 1, __ATOMIC_SEQ_CST);
}

int apr_atomic_dec32(volatile apr_uint32_t *mem)
{
    return __atomic_sub_fetch(mem, 1, __ATOMIC_SEQ_CST) != 0;
}
