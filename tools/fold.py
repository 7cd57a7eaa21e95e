#!/usr/bin/python3
"""Writes mod_cctv/cameras/fold_table.h: what characters are folded to, as
public.cctv_fold() of sql/10-schema.sql folds them.

  tools/fold.py > mod_cctv/cameras/fold_table.h
"""

import unicodedata

# Letters that have no decomposition; the same as in sql/10-schema.sql.
LETTERS = {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ø': 'o', 'đ': 'd', 'ł': 'l',
           'ı': 'i', 'ħ': 'h', 'ς': 'σ'}
# Whatever is not in these ranges is searched for as it is written.
RANGES = [(0x80, 0x700), (0x10A0, 0x1100), (0x1E00, 0x2070), (0x2C00, 0x2E00),
          (0xFF01, 0xFF5F)]
APOSTROPHES = "'`´‘’‛ʹʻʼʽˈ′＇"
BLANKS = '#＃'


def fold(character):
    """The folded text; '' if the character is left out, ' ' if it parts
    words."""
    if character in APOSTROPHES:
        return ''
    if character in BLANKS or character.isspace():
        return ' '
    text = unicodedata.normalize('NFKD', character)
    text = ''.join(each for each in text if not '\u0300' <= each <= '\u036f')
    text = unicodedata.normalize('NFC', text).lower()
    text = ''.join(LETTERS.get(each, each) for each in text)
    return ''.join('' if each in APOSTROPHES else ' ' if each.isspace()
                   else each for each in text)


def main():
    rows = []
    for first, last in RANGES:
        for code in range(first, last):
            character = chr(code)
            if unicodedata.category(character) in ('Cn', 'Cc', 'Cs'):
                continue
            folded = fold(character)
            if folded != character and len(folded.encode()) <= 7:
                text = ''.join(f'\\{byte:03o}' if byte > 126 or byte in b'"\\'
                               else chr(byte) for byte in folded.encode())
                rows.append(f'{{ 0x{code:X}, "{text}" }},')
    print('/* SPDX-License-Identifier: Apache-2.0 */\n'
          '/* Written by tools/fold.py. */\n/* clang-format off */')
    line = ''
    for row in rows:
        if line and len(line) + len(row) > 100:
            print(line.rstrip())
            line = ''
        line += row + ' '
    print(line.rstrip())
    print('    /* clang-format on */')


if __name__ == '__main__':
    main()
