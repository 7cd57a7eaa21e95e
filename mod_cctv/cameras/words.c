/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file words.c
 * @brief The words that a request looks for in names, and how well a name
 *        matches them.
 * Layer: pure.
 */
#include "cameras/words.h"

#include "core/utf8.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The digits of the greatest id. */
#define ID_DIGITS 10

typedef struct {
    uint32_t from;
    char to[8];
} fold_t;

/* Ascending. */
static const fold_t folds[] = {
#include "cameras/fold_table.h"
};

/* ---- Folding ---- */

/* @param length  of well-formed UTF-8: 2 to 4 */
static uint32_t decode(const char *text, size_t length)
{
    uint32_t character = (unsigned char)text[0] & (0x7FU >> length);
    size_t i;

    for (i = 1; i < length; i++) {
        character = character << 6 | ((unsigned char)text[i] & 0x3FU);
    }
    return character;
}

/* @return what a character is folded to; NULL: to itself */
static const char *folded(uint32_t character)
{
    size_t low = 0;
    size_t high = sizeof folds / sizeof folds[0];

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (folds[middle].from < character) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < sizeof folds / sizeof folds[0] && folds[low].from == character
               ? folds[low].to
               : NULL;
}

/* Of the characters of one byte. @param is_blank  written: whether it parts
 * words. @return the byte; '\0': it is left out */
static char fold_byte(char byte, bool *is_blank)
{
    *is_blank = byte == ' ' || byte == '#' || (byte >= '\t' && byte <= '\r');
    if (byte == '\'' || byte == '`') {
        return '\0';
    }
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte;
}

typedef struct {
    char *start;
    char *at;
    bool is_parted; /* a blank comes before the next character */
} output_t;

static void put(output_t *out, const char *text, size_t length)
{
    if (out->is_parted && out->at > out->start) {
        *out->at++ = ' ';
    }
    out->is_parted = false;
    memcpy(out->at, text, length);
    out->at += length;
}

static void put_byte(output_t *out, char byte)
{
    bool is_blank;
    char to = fold_byte(byte, &is_blank);

    if (is_blank) {
        out->is_parted = true;
    }
    else if (to != '\0') {
        put(out, &to, 1);
    }
}

static void put_character(output_t *out, const char *text, size_t length)
{
    uint32_t character = decode(text, length);
    const char *to = folded(character);

    /* What an accent is added to is folded without it. */
    if (character >= 0x300 && character <= 0x36F) {
        return;
    }
    if (to == NULL) {
        put(out, text, length);
    }
    else if (to[0] == ' ' && to[1] == '\0') {
        out->is_parted = true;
    }
    else if (to[0] != '\0') {
        put(out, to, strlen(to));
    }
}

char *cctv_fold(const char *text, size_t length, char *out)
{
    output_t to = { out, out, false };

    while (length > 0) {
        size_t n = cctv_utf8_length(text, length);

        if (n == 1) {
            put_byte(&to, *text);
        }
        else if (n == 0) {
            n = 1;
            put(&to, text, 1);
        }
        else {
            put_character(&to, text, n);
        }
        text += n;
        length -= n;
    }
    return to.at;
}

/* ---- Words ---- */

static int number_of(const char *text, size_t length)
{
    long long number;

    if (length > ID_DIGITS || strspn(text, "0123456789") != length) {
        return 0;
    }
    number = atoll(text);
    return number <= INT_MAX ? (int)number : 0;
}

const cctv_words_t *cctv_words_make(apr_pool_t *pool, const char *text)
{
    size_t length = strlen(text);
    char *copy = apr_palloc(pool, CCTV_FOLDED_MAX(length) + 1);
    cctv_words_t *words = apr_pcalloc(pool, sizeof *words);
    cctv_word_of_name_t *word;
    const char *at;

    words->text = copy;
    words->length = (size_t)(cctv_fold(text, length, copy) - copy);
    copy[words->length] = '\0';
    if (words->length == 0) {
        return NULL;
    }
    word = apr_palloc(pool, (words->length / 2 + 1) * sizeof *word);
    for (at = copy; at != NULL; at = *at == ' ' ? at + 1 : NULL) {
        size_t n = strcspn(at, " ");

        word[words->count] = (cctv_word_of_name_t){ at, n };
        if (n > word[words->longest].length) {
            words->longest = words->count;
        }
        words->count++;
        at += n;
    }
    words->word = word;
    words->id = number_of(words->text, words->length);
    return words;
}

/* ---- Matching ---- */

/* @return 2: at the start of a word; 1: elsewhere; 0: it is not there */
static int find(const cctv_word_of_name_t *word, const char *name,
                size_t length)
{
    const char *at = name;
    const char *end = name + length;
    int best = 0;

    while ((at = memmem(at, (size_t)(end - at), word->text, word->length))
           != NULL) {
        if (at == name || at[-1] == ' ') {
            return 2;
        }
        best = 1;
        at++;
    }
    return best;
}

int cctv_words_match(const cctv_words_t *words, const char *name,
                     size_t length)
{
    int least = 2;
    int i;

    if (length >= words->length
        && memcmp(name, words->text, words->length) == 0) {
        return length == words->length ? CCTV_MATCH_EXACT : CCTV_MATCH_PREFIX;
    }
    for (i = 0; i < words->count && least > 0; i++) {
        int found = find(&words->word[i], name, length);

        least = found < least ? found : least;
    }
    return least == 2   ? CCTV_MATCH_STARTS
           : least == 1 ? CCTV_MATCH_WITHIN
                        : CCTV_MATCH_NONE;
}
