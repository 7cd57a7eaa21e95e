"""The sheets of an XLSX file."""

import posixpath
import re

from .kml import local
from .parts import (COLUMNS_MAX, DAMAGED, STRINGS_MAX, Part, children_of,
                    number_text)
from .words import Refused

class Xlsx:
    def __init__(self, archive):
        self.archive = archive
        self.strings = self._read_strings()

    def _read_strings(self):
        names = [name for name in self.archive.namelist()
                 if name.lower() == 'xl/sharedstrings.xml']
        if not names:
            return []
        part = Part(self.archive, names[0], STRINGS_MAX)
        return [text_of_item(item) for item in children_of(part, 'si')]

    def sheets(self):
        """[(title, name of the part)] of the sheets that are not hidden."""
        relations = {}
        for each in children_of(Part(self.archive,
                                     'xl/_rels/workbook.xml.rels'),
                                'Relationship'):
            target = each.get('Target', '')
            relations[each.get('Id')] = target.lstrip('/') \
                if target.startswith('/') else posixpath.normpath(
                    posixpath.join('xl', target))
        found = []
        for each in children_of(Part(self.archive, 'xl/workbook.xml'),
                                'sheet'):
            part = relations.get(next(
                (value for key, value in each.items()
                 if key.endswith('}id')), None))
            if part and each.get('state', 'visible') == 'visible':
                found.append((each.get('name', ''), part))
        return found

    def rows_of(self, part):
        number = 0
        for row in children_of(Part(self.archive, part), 'row'):
            found = re.fullmatch('[0-9]{1,9}', row.get('r') or '')
            number = int(found[0]) if found else number + 1
            cells = []
            for cell in row:
                if local(cell.tag) != 'c':
                    continue
                at = column_of(cell.get('r'), len(cells))
                text = self._text(cell)
                if at >= COLUMNS_MAX:
                    if text:
                        raise Refused(f'row {number} has more than '
                                      f'{COLUMNS_MAX:,} columns')
                    continue
                cells += [''] * (at - len(cells))
                cells[at:at + 1] = [text]
            yield number, cells

    def _text(self, cell):
        kind = cell.get('t', 'n')
        if kind == 'inlineStr':
            inline = next((each for each in cell if local(each.tag) == 'is'),
                          None)
            return '' if inline is None else text_of_item(inline)
        text = next((each.text for each in cell if local(each.tag) == 'v'),
                    None) or ''
        if kind == 's':
            if not re.fullmatch('[0-9]{1,9}', text) or \
                    int(text) >= len(self.strings):
                raise Refused(DAMAGED)
            return self.strings[int(text)]
        if kind == 'b':
            return 'true' if text == '1' else 'false'
        return number_text(text) if kind == 'n' and text else text


def text_of_item(item):
    """The text of a shared string, without its phonetic signs."""
    parts = []
    for each in item:
        if local(each.tag) == 't':
            parts.append(each.text or '')
        elif local(each.tag) == 'r':
            parts += [t.text or '' for t in each if local(t.tag) == 't']
    return re.sub('_x([0-9A-Fa-f]{4})_', lambda found: chr(int(found[1], 16)),
                  ''.join(parts))


def column_of(reference, otherwise):
    """0 for A1, 27 for AB7."""
    found = re.match('[A-Z]{1,3}', reference or '')
    if not found:
        return otherwise
    index = 0
    for letter in found[0]:
        index = 26 * index + ord(letter) - 64
    return index - 1
