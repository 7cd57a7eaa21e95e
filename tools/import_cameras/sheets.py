"""Spreadsheets: XLSX and ODS, and KML in a ZIP (KMZ). Only Python's own
libraries are used; what is unpacked has bounds."""

import zipfile
from xml.etree import ElementTree

from . import delimited
from .kml import Kml
from .ods import Ods
from .parts import DAMAGED, Part
from .words import Refused, count, listed, quoted
from .xlsx import Xlsx

SHEETS_MAX = 50


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
            zipfile.zlib.error, NotImplementedError, RecursionError):
        raise Refused(DAMAGED) from None
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
