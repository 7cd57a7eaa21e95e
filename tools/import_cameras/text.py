"""Bytes to lines of text: byte order marks, UTF-8, UTF-16, UTF-32 and
Windows-1252, and the three kinds of line ends."""

import codecs
import io
import re

from .words import Refused, count

LINE_CHARACTERS_MAX = 1 << 20
BOMS = (
    (codecs.BOM_UTF8, 'utf-8'),
    # Before UTF-16, because its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, 'utf-32-le'),
    (codecs.BOM_UTF32_BE, 'utf-32-be'),
    (codecs.BOM_UTF16_LE, 'utf-16-le'),
    (codecs.BOM_UTF16_BE, 'utf-16-be'),
)
NAMES = {'utf-8': 'UTF-8', 'utf-16-le': 'UTF-16', 'utf-16-be': 'UTF-16',
         'utf-32-le': 'UTF-32', 'utf-32-be': 'UTF-32'}
SURROGATES = re.compile('[\udc80-\udcff]')
# So many letters with accents in a row are no Windows-1252, but Shift JIS,
# Windows-1251 or the like.
FOREIGN = re.compile('[\udc80-\udcff]{4}')


def _windows_1252():
    """From the character that stands for a byte which is not UTF-8 to the
    character of Windows-1252. Five bytes have none and stay as they are."""
    table = {}
    for byte in range(0x80, 0x100):
        try:
            table[0xdc00 + byte] = bytes([byte]).decode('cp1252')
        except UnicodeDecodeError:
            pass
    return table


WINDOWS_1252 = _windows_1252()


def encoding_of(head):
    """(encoding, length of the byte order mark) of a file that begins with
    these bytes; (None, 0) if it is no text."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    # A stray NUL is a fault of its row.
    if head.count(0) * 1000 <= len(head):
        return 'utf-8', 0
    even, odd = head[0::2], head[1::2]
    if len(head) < 8:
        return None, 0
    # Every other byte of western text in UTF-16 is zero.
    for zeros, others, encoding in ((odd, even, 'utf-16-le'),
                                    (even, odd, 'utf-16-be')):
        if zeros and zeros.count(0) > 0.7 * len(zeros) \
                and others.count(0) < 0.05 * len(others):
            return encoding, 0
    return None, 0


def is_foreign(text):
    """Whether a text with bytes that are not UTF-8 is no Windows-1252."""
    strange = SURROGATES.findall(text)
    unknown = sum(ord(each) not in WINDOWS_1252 for each in strange)
    return bool(FOREIGN.search(text)) or 50 * unknown > len(strange)


class Lines:
    """The lines of a file, with their ends, and a count of lines.

    Bytes that are not UTF-8 are read as Windows-1252; .strange counts the
    lines that have some, .first_strange is the number of the first one. From a
    line on that cannot be Windows-1252 they stay, for clean() to refuse."""

    def __init__(self, file, head, encoding, mark):
        """file is at the byte after the mark; head is the file's beginning."""
        text = head[mark:].decode(encoding, 'replace')
        end = '\r' if '\r' in text and '\n' not in text else '\n'
        self.file = io.TextIOWrapper(
            file, encoding=encoding, newline=end,
            errors='surrogateescape' if encoding == 'utf-8' else 'replace')
        self.count = 0
        self.strange = 0
        self.first_strange = None
        self.is_foreign = encoding == 'utf-8' and is_foreign(
            head.decode(encoding, 'surrogateescape'))
        self.encoding = NAMES[encoding]
        self.again = []

    def __iter__(self):
        return self

    def __next__(self):
        line = self.again.pop() if self.again else \
            self.file.readline(LINE_CHARACTERS_MAX + 1)
        if not line:
            raise StopIteration
        self.count += 1
        if len(line) > LINE_CHARACTERS_MAX:
            raise Refused(f'line {self.count} is longer than 1 MiB: '
                          'this is no table with a camera per line')
        if not line.isascii() and SURROGATES.search(line):
            self.strange += 1
            self.first_strange = self.first_strange or self.count
            self.is_foreign = self.is_foreign or bool(FOREIGN.search(line))
            if not self.is_foreign:
                line = line.translate(WINDOWS_1252)
        return line

    def put_back(self, lines):
        """Gives lines again, the first of the list first."""
        self.again.extend(reversed(lines))
        self.count -= len(lines)

    def warning(self):
        """A sentence about bytes that are not UTF-8; None if there are none."""
        if not self.strange or self.is_foreign:
            return None
        return (f'{count(self.strange, "line")} not in UTF-8 '
                f'(the first is line {self.first_strange}): read as '
                'Windows-1252; check the names, or save the file in UTF-8')
