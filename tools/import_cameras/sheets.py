"""Spreadsheets: XLSX and ODS, and KML in a ZIP (KMZ). Only Python's own
libraries are used; what is unpacked has bounds."""

import posixpath
import re
import zipfile
from xml.etree import ElementTree

from . import delimited
from .kml import Kml, local
from .words import Refused, count, listed, quoted

UNPACKED_MAX = 2 << 30
STRINGS_MAX = 256 << 20
# A part that unpacks to more than this many times its size is refused, if it
# is large.
RATIO_MAX = 250
RATIO_FROM = 64 << 20
COLUMNS_MAX = 1000
ROWS_MAX = 1 << 20
SHEETS_MAX = 50
RELATION = '{http://schemas.openxmlformats.org/officeDocument/2006/' \
           'relationships}id'
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
        self.file = archive.open(info)
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


class Sheet:
    """A sheet as a header and rows. read_rows() yields (row number, cells)."""

    what = 'row'

    def __init__(self, read_rows, format_, known):
        self.read_rows = read_rows
        self.format = format_
        self.notes = []
        first = []
        for number, cells in read_rows():
            if any(cell.strip() for cell in cells):
                first.append((number, cells))
            if len(first) == delimited.HEADER_WITHIN:
                break
        if not first:
            raise Refused('the sheet is empty: the first row names the '
                          'columns, for example name, longitude, latitude, '
                          'url')
        at = header_among([cells for _, cells in first], known)
        self.header_row, cells = first[at]
        self.header = [cell.strip() for cell in cells]
        while self.header and not self.header[-1]:
            self.header.pop()
        if at:
            self.notes.append(f'{count(at, "row")} before the header skipped')

    def rows(self):
        width = len(self.header)
        for number, cells in self.read_rows():
            if number <= self.header_row or not any(cells):
                continue
            if len(cells) < width:
                cells = cells + [''] * (width - len(cells))
            elif len(cells) > width:
                if any(cell.strip() for cell in cells[width:]):
                    yield number, cells, (
                        f'has {count(len(cells), "field")}, the header has '
                        f'{width}')
                    continue
                cells = cells[:width]
            yield number, cells, None

    @staticmethod
    def finish():
        return []


def header_among(records, known):
    """The index of the record that is the header."""
    scores = [sum(known(cell) for cell in cells) for cells in records]
    if scores[0] >= 2 or max(scores) < 3:
        return 0
    return scores.index(max(scores))


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


# --- XLSX ----------------------------------------------------------------------

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
            part = relations.get(each.get(RELATION))
            if part and each.get('state', 'visible') == 'visible':
                found.append((each.get('name', ''), part))
        return found

    def rows_of(self, part):
        number = 0
        for row in children_of(Part(self.archive, part), 'row'):
            number = int(row.get('r') or number + 1)
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
            try:
                return self.strings[int(text)]
            except (ValueError, IndexError):
                raise Refused('the spreadsheet is damaged: save it again'
                              ) from None
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


# --- ODS -----------------------------------------------------------------------

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
    return min(int(text), ROWS_MAX) if text.isdigit() else 1


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


# --- the archive -------------------------------------------------------------------

def open_zip(file, known):
    """The table in a ZIP archive. Raises Refused."""
    try:
        archive = zipfile.ZipFile(file)
        names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Refused('the file is a damaged ZIP archive: download or save it '
                      'again') from None
    try:
        if 'xl/workbook.xml' in names:
            return best_sheet(Xlsx(archive), 'XLSX', known)
        if 'content.xml' in names and b'spreadsheet' in mimetype(archive):
            return best_sheet(Ods(archive), 'ODS', known)
        kml = [name for name in names if name.lower().endswith('.kml')]
        if kml and not any(name.lower().endswith('.csv') for name in names):
            return Kml(lambda: Part(archive, kml[0]))
    except (ElementTree.ParseError, zipfile.BadZipFile, KeyError, EOFError,
            zipfile.zlib.error, NotImplementedError):
        raise Refused('the spreadsheet is damaged: save it again') from None
    raise Refused(what_zip(names))


def mimetype(archive):
    try:
        return Part(archive, 'mimetype', 1000).read(200)
    except KeyError:
        return b''


def what_zip(names):
    if 'word/document.xml' in names:
        return 'the file is a document (DOCX): save its table as CSV or XLSX'
    if any(name.endswith('.shp') for name in names):
        return 'the file is a ZIP with a shapefile: export it as GeoJSON'
    if 'xl/workbook.bin' in names:
        return 'the file is a binary spreadsheet (XLSB): save it as XLSX'
    return ('the file is a ZIP archive: unpack it, and import the list in it; '
            'it has ' + listed(map(quoted, names), 5))


def best_sheet(book, format_, known):
    """The sheet with the most known titles; the first of equal ones."""
    best, others, refusal = None, 0, None
    for title, part in book.sheets()[:SHEETS_MAX]:
        def read_rows(part=part):
            return book.rows_of(part)
        try:
            sheet = Sheet(read_rows, format_, known)
        except Refused as error:
            refusal = refusal or error
            continue
        others += 1
        score = sum(map(known, sheet.header))
        if best is None or score > best[0]:
            best = (score, title, sheet)
    if best is None:
        raise refusal or Refused('the spreadsheet has no sheet')
    _, title, sheet = best
    sheet.format = f'{format_}, sheet {quoted(title)}'
    if others > 1:
        sheet.notes.append(f'of {others} sheets {quoted(title)} is read')
    return sheet
