"""The sheets of an ODS file."""

import re
from xml.etree import ElementTree

from .kml import local
from .parts import COLUMNS_MAX, Part, number_text
from .words import Refused

ROWS_MAX = 1 << 20


class Ods:
    def __init__(self, archive):
        self.archive = archive

    def sheets(self):
        found = []
        for event, element in ElementTree.iterparse(
                Part(self.archive, 'content.xml'), ('start', 'end')):
            if local(element.tag) == 'table' and event == 'start':
                found.append((attribute(element, 'name') or '', len(found)))
            elif event == 'end' and local(element.tag) == 'table-row':
                element.clear()
        return found

    def rows_of(self, wanted):
        table, number, depth = -1, 0, 0
        stack = []
        for event, element in ElementTree.iterparse(
                Part(self.archive, 'content.xml'), ('start', 'end')):
            tag = local(element.tag)
            if event == 'start':
                stack.append(element)
                if tag == 'table':
                    depth += 1
                    table += depth == 1
                continue
            stack.pop()
            if tag == 'table':
                depth -= 1
            if tag != 'table-row' or depth != 1:
                continue
            if table == wanted:
                repeated = repeated_of(element, 'number-rows-repeated')
                cells = ods_cells(element, number + 1)
                if cells:
                    for each in range(min(repeated, ROWS_MAX - number)):
                        yield number + 1 + each, cells
                number += repeated
            if stack:
                stack[-1].remove(element)


def attribute(element, name):
    for key, value in element.items():
        if local(key) == name:
            return value
    return None


def repeated_of(element, name):
    text = attribute(element, name) or '1'
    return min(int(text), ROWS_MAX) if re.fullmatch('[0-9]{1,20}', text) else 1


def ods_cells(row, number):
    """The texts of a row, without empty cells at its end."""
    cells = []
    empty = 0
    for cell in row:
        if local(cell.tag) not in ('table-cell', 'covered-table-cell'):
            continue
        repeated = repeated_of(cell, 'number-columns-repeated')
        text = ods_text(cell)
        if not text:
            empty += repeated
            continue
        if len(cells) + empty + repeated > COLUMNS_MAX:
            raise Refused(f'row {number} has more than {COLUMNS_MAX:,} '
                          'columns')
        cells += [''] * empty + [text] * repeated
        empty = 0
    return cells


def ods_text(cell):
    kind = attribute(cell, 'value-type')
    if kind in ('float', 'percentage', 'currency'):
        return number_text(attribute(cell, 'value') or '')
    if kind == 'boolean':
        return attribute(cell, 'boolean-value') or ''
    lines = []
    for each in cell:
        if local(each.tag) == 'p':
            lines.append(''.join(ods_inline(each)))
    return '\n'.join(lines)


def ods_inline(element):
    yield element.text or ''
    for each in element:
        tag = local(each.tag)
        if tag == 's':
            yield ' ' * min(repeated_of(each, 'c'), 100)
        elif tag == 'tab':
            yield ' '
        elif tag == 'line-break':
            yield '\n'
        elif tag not in ('annotation', 'note'):
            yield from ods_inline(each)
        yield each.tail or ''
