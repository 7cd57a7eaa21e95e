"""Cells of a row: their text, what is empty, and what is wrong with them."""

from . import values
from .words import NOT_TEXT, Bad

NULL = '\\N'
CACHED_MAX = 10000


def escaped(text):
    return text.replace('\\', '\\\\') if '\\' in text else text


class Cache(dict):
    """The values of a column with few different ones, each read once."""

    def __init__(self, read):
        super().__init__()
        self.read = read

    def __missing__(self, text):
        value = self.read(text)
        if len(self) < CACHED_MAX:
            self[text] = value
        return value


def clean(text):
    """The text of a cell without blanks and entities. Raises Bad."""
    text = text.strip()
    if '&' in text:
        text = values.decoded(text).strip()
    if not text.isprintable():
        if '\0' in text:
            raise Bad('holds a NUL byte')
        if NOT_TEXT.search(text):
            raise Bad('is neither UTF-8 nor Windows-1252: save the file in '
                      'UTF-8')
        text = text.strip('\ufeff\u200b\xa0 ')
    return text


def optional(read, empty, otherwise):
    """A reader of cells that may be empty; gives the text for COPY."""
    def read_cell(text):
        text = clean(text)
        if text.casefold() in empty:
            return otherwise
        value = read(text)
        return otherwise if value is None else escaped(value)
    return read_cell


def clean_or_empty(text):
    try:
        return clean(text)
    except Bad:
        return ''


class Fault(Exception):
    """A cell, by the index of its column, and what is wrong with it."""

    def __init__(self, index, text, reason):
        super().__init__(reason)
        self.index, self.text, self.reason = index, text, reason


def fault_of(fields, index, bad):
    return Fault(index, fields[index].strip(), str(bad))
