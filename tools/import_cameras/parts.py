"""Parts of a ZIP archive as files that have bounds, and their XML."""

from xml.etree import ElementTree

from .kml import local
from .words import Refused

UNPACKED_MAX = 2 << 30
STRINGS_MAX = 256 << 20
# A part that unpacks to more than this many times its size is refused, if it
# is large.
RATIO_MAX = 250
RATIO_FROM = 64 << 20
# The most columns of a sheet.
COLUMNS_MAX = 1000
DAMAGED = 'the spreadsheet is damaged: save it again'
BOMB = 'the file unpacks to far more than a list of cameras: it is not read'


class Part:
    """A part of the ZIP archive as a file that has bounds."""

    def __init__(self, archive, name, limit=UNPACKED_MAX):
        info = archive.getinfo(name)
        if info.flag_bits & 1:
            raise Refused('the file has a password: save it without one')
        if info.file_size > limit or (
                info.file_size > RATIO_FROM and
                info.file_size > RATIO_MAX * max(info.compress_size, 1)):
            raise Refused(BOMB)
        self.left = limit
        try:
            self.file = archive.open(info)
        except (OSError, ValueError):
            raise Refused(DAMAGED) from None
        self.first = True

    def read(self, size=-1):
        data = self.file.read(65536 if size is None or size < 0 else size)
        self.left -= len(data)
        if self.left < 0:
            raise Refused(BOMB)
        if self.first:
            self.first = False
            if b'<!DOCTYPE' in data or b'<!ENTITY' in data:
                raise Refused('the file has XML with a DOCTYPE, which is not '
                              'read')
        return data


def children_of(part, wanted):
    """The elements with this tag, each removed after its use, so that memory
    does not grow."""
    stack = []
    for event, element in ElementTree.iterparse(part, ('start', 'end')):
        if event == 'start':
            stack.append(element)
            continue
        stack.pop()
        if local(element.tag) == wanted:
            yield element
            if stack:
                stack[-1].remove(element)


def number_text(text):
    """The number as a person would write it: 51.507199999999997 is
    51.5072."""
    try:
        value = float(text)
    except ValueError:
        return text
    if value == int(value) and abs(value) < 1e15 if value - value == 0 \
            else False:
        return str(int(value))
    return repr(value)
