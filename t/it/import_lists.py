"""The importer's modules for the tests, and lists of cameras as they are
read: rows without a database.

python3 t/it/import_lists.py writes t/data/import/expected.json anew, with what
the files there give. Read the difference before you commit it."""

import json
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
from import_cameras.words import Refused  # noqa: E402


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


def given(path, columns=''):
    """What a file gives, as it stands in expected.json."""
    has_logins = 'login' in os.path.basename(path)
    try:
        read = Read(path, columns, '/nonexistent' if has_logins else None)
        if not read.rows.row_count:
            raise Refused('the file has a header and no cameras')
    except Refused as refused:
        return {'refused': str(refused)}
    members = {'columns': columns, 'cameras': read.cameras,
               'faults': read.faults, 'notes': read.notes,
               'warnings': read.warnings,
               'logins': read.login_file and read.login_file.logins}
    return {name: value for name, value in members.items()
            if value or name == 'cameras' or name == 'logins' and has_logins}


def as_json(value, depth=0):
    """JSON with a camera per line."""
    blank = ' ' * (depth + 1)
    if isinstance(value, dict) and depth < 3 and (
            depth < 2 or not {'name', 'longitude'} & set(value)):
        lines = (json.dumps(key) + ': ' + as_json(each, depth + 1)
                 for key, each in value.items())
        return '{\n' + blank + (',\n' + blank).join(lines) + '}'
    if isinstance(value, list) and value and depth == 2:
        return '[\n' + blank + (',\n' + blank).join(
            as_json(each, depth + 1) for each in value) + ']'
    return json.dumps(value, ensure_ascii=False)


def write_expected():
    folder = os.path.join(REPO, 't', 'data', 'import')
    path = os.path.join(folder, 'expected.json')
    with open(path, encoding='utf-8') as file:
        known = json.load(file)
    expected = {
        name: given(os.path.join(folder, name),
                    known.get(name, {}).get('columns', ''))
        for name in sorted(os.listdir(folder)) if name != 'expected.json'}
    with open(path, 'w', encoding='utf-8') as file:
        file.write(as_json(expected) + '\n')


if __name__ == '__main__':
    write_expected()

__all__ = ['Read', 'REPO', 'addresses', 'taken']
