"""Messages: the errors of an import, and values as a message may show them."""

import re

VALUE_CHARACTERS_SHOWN = 60
NOT_TEXT = re.compile('[\ud800-\udfff]')


class Refused(Exception):
    """The whole file cannot be loaded; the text is the reason."""


class Obstacle(Exception):
    """An error that is not in the file; the text describes it."""


class Bad(Exception):
    """One value cannot be loaded; the text follows the value in a sentence."""


def shown(text):
    """A value as a message may show it; None if it must not be shown, because
    it may be part of a URL or of a login."""
    if '@' in text or '://' in text:
        return None
    return printable(text)


def printable(text):
    """The text in one line, shortened, without control characters."""
    if len(text) > VALUE_CHARACTERS_SHOWN:
        text = text[:VALUE_CHARACTERS_SHOWN] + '…'
    return ''.join(
        f'\\x{ord(c) - 0xdc00:02x}' if NOT_TEXT.match(c) else
        c if c.isprintable() else c.encode('unicode_escape').decode()
        for c in text)


def quoted(text):
    return f'"{shown(text) or "…"}"'


def count(number_of, noun):
    return f'{number_of:,} {noun}{"" if number_of == 1 else "s"}'


def listed(words, limit=30):
    """Words with commas between them, at most `limit`."""
    words = list(words)
    more = len(words) - limit
    return ', '.join(words[:limit]) + (f' … and {more:,} more'
                                       if more > 0 else '')
