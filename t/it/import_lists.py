"""The importer's modules for the tests, and lists of cameras as they are
read: rows without a database."""

import os
import sys

REPO = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(REPO, 'tools'))

from import_cameras import addresses, rows, settle  # noqa: E402
from import_cameras.columns import find_columns  # noqa: E402
from import_cameras.login_file import LoginFile  # noqa: E402
from import_cameras.outliers import Outliers  # noqa: E402
from import_cameras.source import Source  # noqa: E402
from import_cameras.tables import open_table  # noqa: E402


class Read:
    """What the importer makes of a file.

    cameras   a list of {column: text}, without NULL, of the good rows
    faults    [(number, title, reason)]
    notes     what is said about the file; warnings: about its rows
    """

    def __init__(self, path, columns='', logins=None, allow_at=False):
        source = Source(str(path))
        titles = [part.partition('=')[2].strip()
                  for part in columns.split(',') if part]
        self.table = open_table(source, titles)
        numbered = list(self.table.rows())
        sample = [fields for _, fields, reason in numbered[:1000]
                  if not reason]
        self.columns = find_columns(self.table.header, sample, columns)
        settle.settle(self.table.header, self.columns, sample, lambda: sample)
        self.faults = []
        outliers = Outliers()
        self.login_file = LoginFile(logins) if logins else None
        self.rows = rows.Rows(
            self.table.header, self.columns, sample,
            lambda line, title, value, reason: self.faults.append(
                (line, title, reason)),
            outliers.see, self.login_file, allow_at)
        self.cameras = []
        for line in self.rows.copy_lines(numbered):
            number, bad, _, waived, *fields = line.rstrip('\n').split('\t')
            if bad == 'f':
                self.cameras.append({
                    column: text.replace('\\\\', '\\')
                    for column, text in zip(rows.STAGED, fields)
                    if text != '\\N' and text != rows.DEFAULTS.get(column)})
        self.notes = [*self.table.notes, *self.table.finish()]
        self.warnings = outliers.warnings()
        source.close()


def taken(header, sample=(), columns=''):
    """{column: title} that are found in a header, with the place as
    (longitude, latitude) titles or the title of the one column."""
    found = find_columns(header, list(sample), columns)
    names = {column: header[index]
             for column, index in found.index_of.items()}
    kind, first, second = found.place
    names['place'] = (header[first], header[second]) if kind == 'two' \
        else (header[first], second)
    return names


__all__ = ['Read', 'REPO', 'addresses', 'taken']
