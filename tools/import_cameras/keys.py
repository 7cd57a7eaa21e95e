"""Keys of cameras, also those that a spreadsheet or a data tool has rewritten:
1,234 and 1234.0 and 1.234E+03 and ="1234" are the key 1234.

Zeros in front that were lost cannot be told from the file alone; the database
compares keys without them (cctv_import.same_key in sql/30-import.sql)."""

import re
from decimal import Decimal

from .words import Bad

QUOTES = '"\'“”„‘’‚«»`'
FORMULA = re.compile(r'=\s*"(.*)"\s*|=\s*T\("(.*)"\)')
GROUPED = re.compile("[0-9]{1,3}(?:([, '’\xa0\u2009\u202f])[0-9]{3})"
                     r"(?:\1[0-9]{3})*(?:\.0+)?")
FLOAT = re.compile(r'([0-9]+)[.,]0+')
EXPONENT = re.compile(r'[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]{1,3}')
ODD_BLANKS = '\ufeff\u200b\u200c\u200d\u2060\xa0\u202f\u2009'


def plain_key(text, floats=True):
    """The key as it was before a program rewrote it.

    floats: whether 12.0 is 12. It is not where the column also has 12.1."""
    text = text.strip().strip(ODD_BLANKS).strip()
    if text.isalnum() and text.isascii() and not text[:1] in '=' and \
            '+' not in text:
        return text
    found = FORMULA.fullmatch(text)
    if found:
        text = found[1] or found[2] or ''
    while len(text) > 1 and text[0] in QUOTES and text[-1] in QUOTES:
        text = text[1:-1].strip()
    # The apostrophe in front tells Excel that a number is text.
    if re.fullmatch(r"['’][0-9]+", text):
        text = text[1:]
    if not text or text[0] not in '0123456789':
        return text
    if GROUPED.fullmatch(text):
        text = re.sub(r'\.0+$', '', text)
        return re.sub('[^0-9]', '', text)
    if EXPONENT.fullmatch(text):
        return from_exponent(text)
    found = FLOAT.fullmatch(text)
    if found and floats:
        return found[1]
    return text


def from_exponent(text):
    number = Decimal(text.replace(',', '.'))
    digits = len(number.as_tuple().digits)
    if number != number.to_integral_value():
        return text
    # Excel shows six digits of a number with twelve or more.
    if digits > 2 and number.adjusted() >= 11 and \
            number.adjusted() + 1 > digits:
        raise Bad('is a number that a spreadsheet has shortened: format the '
                  'column as text, and export it again')
    return str(int(number))


def has_fractions(keys):
    """Whether keys such as 12.1 show that 12.0 is not a rewritten 12."""
    return any(re.fullmatch(r'[0-9]+\.[0-9]*[1-9][0-9]*', key.strip())
               for key in keys)
