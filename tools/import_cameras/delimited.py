"""Tables of text: CSV with any separator, also as spreadsheets write it."""

import csv
import re

from .titles import is_known
from .words import NOT_TEXT, Refused, count

FIELD_CHARACTERS_MAX = 1 << 17
SEPARATORS = {',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars'}
SEP_LINE = re.compile(r'^\s*"?sep=(.)"?\s*$', re.IGNORECASE)
# So many lines tell the separator; so many may stand before the header.
LINES_LOOKED_AT = 50
HEADER_WITHIN = 20


class Delimited:
    """A text as a header and rows with their line numbers."""

    what = 'line'

    def __init__(self, lines, known=is_known):
        """known tells whether a title is one that the import understands."""
        csv.field_size_limit(FIELD_CHARACTERS_MAX)
        self.lines = lines
        self.notes = []
        first = self._read_lines()
        separator = self._take_sep_line(first)
        self.separator = separator or best_separator(first, known)
        self.skipped = preamble(first, self.separator, known)
        lines.put_back(first[self.skipped:])
        self.reader = csv.reader(lines, strict=True, delimiter=self.separator,
                                 skipinitialspace=True,
                                 escapechar=escape_of(first, self.separator))
        self.header = self._read_header()
        self.format = (f'text in {lines.encoding} with '
                       + SEPARATORS.get(self.separator,
                                        f'"{self.separator}"'))
        if self.skipped:
            self.notes.append(f'{count(self.skipped, "line")} before the '
                              'header skipped')

    def _read_lines(self):
        first = []
        for line in self.lines:
            first.append(line)
            if len(first) == LINES_LOOKED_AT:
                break
        return first

    @staticmethod
    def _take_sep_line(first):
        """Excel writes and reads a line that names the separator."""
        for index, line in enumerate(first):
            if line.strip():
                found = SEP_LINE.match(line.rstrip('\r\n'))
                if found:
                    # An empty line keeps the line numbers right.
                    first[index] = '\n'
                    return found[1]
                return None
        return None

    def _read_header(self):
        try:
            for fields in self.reader:
                if any(map(NOT_TEXT.search, fields)):
                    raise Refused(
                        f'line {self.lines.count}, the header, is neither '
                        'UTF-8 nor Windows-1252: save the file in UTF-8')
                if any(field.strip() for field in fields):
                    return [field.strip() for field in fields]
        except csv.Error as error:
            raise Refused(f'line {self.lines.count}, the header, '
                          + csv_reason(error)) from None
        raise Refused('the file is empty: the first line names the columns, '
                      'for example name,longitude,latitude,url')

    def rows(self):
        """Yields (line, fields, None), or (line, fields, reason) if the text
        is not a row. Rows without any text are skipped."""
        width = len(self.header)
        # A separator at the end of the header need not stand in the rows, and
        # the other way round.
        least = width
        while least and not self.header[least - 1]:
            least -= 1
        reader = self.reader
        lines = self.lines
        while True:
            line = lines.count + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, (), csv_reason(error)
                continue
            if len(fields) != width:
                if not any(fields):
                    continue
                if least <= len(fields) < width:
                    fields += [''] * (width - len(fields))
                elif len(fields) > width and not any(
                        field.strip() for field in fields[width:]):
                    fields = fields[:width]
                else:
                    yield line, fields, self._width_reason(fields)
                    continue
            elif not any(fields):
                continue
            yield line, fields, None

    def _width_reason(self, fields):
        reason = (f'has {count(len(fields), "field")}, the header has '
                  f'{len(self.header)}')
        if self.separator == ',' and len(fields) > len(self.header) and sum(
                field.strip().lstrip('-').isdigit() for field in fields) > 2:
            reason += (': write numbers with a point, or in quotes, where '
                       'commas separate')
        return reason

    def finish(self):
        """Notes that are known once all rows were read."""
        warning = self.lines.warning()
        return [warning] if warning else []


def escape_of(lines, separator):
    """A backslash if quotes are written \\" and not "", as some databases
    do; else None."""
    if not any('\\"' in line for line in lines):
        return None
    # The last line may be the beginning of a row.
    whole = lines[:-1] if len(lines) == LINES_LOOKED_AT else lines

    def widths(escape):
        try:
            return {len(fields) for fields in csv.reader(
                whole, strict=True, delimiter=separator,
                skipinitialspace=True, escapechar=escape) if fields}
        except csv.Error:
            return set(range(9))
    return '\\' if len(widths('\\')) < len(widths(None)) else None


def parsed(lines, separator):
    """The records of some lines; those that are broken are left out."""
    records = []
    try:
        for fields in csv.reader(lines, delimiter=separator,
                                 skipinitialspace=True):
            records.append(fields)
    except csv.Error:
        pass
    return records


def best_separator(lines, known):
    """The separator with which a record has the most known titles; else the
    one with which most records are as wide as the first one."""
    best, best_score = ',', (0, 0, 0)
    for separator in SEPARATORS:
        records = [fields for fields in parsed(lines, separator)
                   if any(field.strip() for field in fields)]
        if not records:
            continue
        titles = max(sum(known(field) for field in fields)
                     for fields in records[:HEADER_WITHIN])
        width = len(records[0])
        alike = sum(len(fields) == width for fields in records)
        score = (titles, alike if width > 1 else 0, width)
        if score > best_score:
            best, best_score = separator, score
    return best


def preamble(lines, separator, known):
    """How many lines stand before the header, such as the name of a report.
    0 if the first record may be the header."""
    count_of_known = []
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    starts = []
    try:
        start = 0
        for fields in reader:
            starts.append((start, fields))
            start = reader.line_num
    except csv.Error:
        pass
    filled = [(start, fields) for start, fields in starts
              if any(field.strip() for field in fields)][:HEADER_WITHIN]
    if not filled:
        return 0
    count_of_known = [sum(known(field) for field in fields)
                      for _, fields in filled]
    best = max(count_of_known)
    if count_of_known[0] >= 2 or best < 3:
        return 0
    return filled[count_of_known.index(best)][0]


def csv_reason(error):
    text = str(error)
    if 'unexpected end of data' in text:
        return 'opens a quote that is never closed'
    if 'field larger than' in text:
        return (f'holds a field of more than {FIELD_CHARACTERS_MAX:,} '
                'characters: a closing quote may be missing')
    if 'expected after' in text:
        return ('has text after a closing quote: a quote inside a quoted '
                'field is written ""')
    if 'new-line character' in text:
        return ('has a carriage return inside: end lines with LF or CR LF, '
                'and quote fields with line breaks')
    return f'is not CSV: {text}'
